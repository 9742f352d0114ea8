"""The pages for people, as HTML: sign in, what is on its way, what has arrived.  No script needed.

Language and time zone are those of whoever reads it (`groundsys.locales.current_locale`).  Products
are grouped by payload and by the UTC day on which they were measured.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from itertools import groupby
from string import Template
from urllib.parse import urlencode

from groundsys.locales import (
    LANGUAGES,
    TIME_ZONES,
    current_locale,
    time_zone,
    tr,
    tr_plural,
)
from groundsys.portal.arrivals import arrivals_section
from groundsys.portal.catalogue import ProductEntry
from groundsys.portal.operations import OnItsWay
from groundsys.portal.words import (
    QUICK_LOOK,
    count_text,
    day_mark,
    file_name,
    level_name,
    moment_text,
    on_craft,
    size_text,
    span_text,
    table,
)

#: days that one page shows; older ones are a link away
DAYS_SHOWN = 14

_FRAME = Template("""<!doctype html>
<html lang="$language">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>$title</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/portal.css">
$head
</head>
<body>
$body
</body>
</html>
""")

_SIGN_IN = Template("""<header><div class="bar"><h1>$heading</h1>$reads</div></header>
<main>
$refusal
<form class="sign-in" method="post" action="/sign-in">
  <label>$key
    <input name="token" type="password" required autocomplete="current-password"
           spellcheck="false" autofocus>
  </label>
  <button class="primary">$sign_in</button>
  <p class="dim">$whence</p>
</form>
</main>
""")

_PRODUCTS = Template("""<header><div class="bar">
  <h1>$heading <span>· $whose</span></h1>$reads
  <form method="post" action="/sign-out"><button>$sign_out</button></form>
</div></header>
<p id="news" role="status" data-one="$one_has_arrived" data-many="$many_have_arrived" hidden>
<span></span> <a href="/">$show</a></p>
<main>
<h2 id="on-its-way">$on_its_way_heading</h2>
$on_its_way
<h2 id="arrived">$arrived_heading</h2>
<p class="dim">$summary</p>
$filter
$groups
$older
<p class="dim">$for_programs</p>
</main>
""")


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page shows: chosen words of the filter, and up to which day."""

    spacecraft: str = ""
    payload: str = ""
    level: str = ""
    format: str = ""
    every_version: bool = False
    #: the last day shown, in ISO 8601; "" is the newest
    until: str = ""

    def link(self, **changes: str) -> str:
        chosen = {
            "spacecraft": self.spacecraft,
            "payload": self.payload,
            "level": self.level,
            "format": self.format,
            "versions": "all" if self.every_version else "",
            "until": self.until,
        } | changes
        return "/?" + urlencode({name: value for name, value in chosen.items() if value})


@dataclass(slots=True)
class _Day:
    """One payload's products of one UTC day."""

    spacecraft: str
    payload: str
    day: str
    products: list[ProductEntry] = field(default_factory=list)


def sign_in_page(*, refused: bool = False) -> str:
    """The first page; `refused` after a token that is nobody's."""
    told = tr("This token opens nothing.")
    body = _SIGN_IN.substitute(
        refusal=f'<p class="refused" role="alert">{told}</p>' if refused else "",
        heading=tr("Your data from space"),
        reads=_reads(Shown()),
        key=tr("API key"),
        sign_in=tr("Sign in"),
        whence=tr(
            "The operators gave your team its first key; it begins with {beginning}.",
            beginning="<code>gs1_</code>",
        ),
    )
    return _framed(tr("Sign in – your data from space"), body)


def products_page(
    customer: str,
    products: Sequence[ProductEntry],
    coming: OnItsWay | None = None,
    shown: Shown | None = None,
) -> str:
    """A customer's products, newest day first, and what is on its way (None: not known now)."""
    shown = shown or Shown()
    fitting = [one for one in products if _fits(one, shown)]
    days = _days(fitting)
    dates = sorted({one.day for one in days}, reverse=True)
    page = [day for day in dates if not shown.until or day <= shown.until][:DAYS_SHOWN]
    visible = [one for one in days if one.day in page]
    older = [day for day in dates if page and day < page[-1]]
    the_api = tr("the API")
    body = _PRODUCTS.substitute(
        heading=tr("Your data from space"),
        whose=tr("Products of {customer}", customer=escape(customer)),
        reads=_reads(shown),
        sign_out=tr("Sign out"),
        show=tr("Show"),
        one_has_arrived=escape(tr("1 product has arrived.")),
        many_have_arrived=escape(tr("{count} products have arrived.", count="{count}")),
        on_its_way_heading=tr("On its way"),
        arrived_heading=tr("What has arrived"),
        for_programs=tr(
            "For programs: {api}, and {fetch}, "
            "which brings only what is new and checks every hash.",
            api=f'<a href="/api/v1/openapi.json">{the_api}</a>',
            fetch="<code>groundsys fetch</code>",
        ),
        on_its_way=arrivals_section(coming),
        summary=_summary(fitting, products),
        filter=_filter_form(products, shown) if products else "",
        groups="\n".join(_groups(visible, page[0] if page else "")),
        older=_older(older, shown),
    )
    head = '<script src="/portal.js" defer></script>'
    return _framed(tr("Products of {customer}", customer=escape(customer)), body, head)


def _framed(title: str, body: str, head: str = "") -> str:
    language = current_locale().language
    return _FRAME.substitute(language=language, title=title, head=head, body=body)


def _reads(shown: Shown) -> str:
    """Links to the same page in another language and time zone; no script, and no form."""
    read = current_locale()
    links = [
        f'<a href="{escape(shown.link(language=code))}" lang="{code}" hreflang="{code}">{name}</a>'
        for code, name in LANGUAGES.items()
        if code != read.language
    ]
    links += [
        f'<a href="{escape(shown.link(time_zone=zone))}">{zone}</a>'
        for zone in TIME_ZONES
        if zone != read.time_zone
    ]
    return f'<nav class="reads">{" · ".join(links)}</nav>'


# --- what has arrived -------------------------------------------------------------------------


def day_of(product: ProductEntry) -> str:
    """The UTC day on which it was measured; of what has no times, on which it was made."""
    return (product.measured_from or product.created)[:10]


def suffix_of(product: ProductEntry) -> str:
    return product.name.rpartition("/")[2].rpartition(".")[2].lower()


def _fits(product: ProductEntry, shown: Shown) -> bool:
    wanted = {
        product.spacecraft: shown.spacecraft,
        product.payload: shown.payload,
        product.level: shown.level,
        suffix_of(product): shown.format,
    }
    return (shown.every_version or product.latest) and all(
        not word or word == value for value, word in wanted.items()
    )


def _days(products: Iterable[ProductEntry]) -> list[_Day]:
    found: dict[tuple[str, str, str], _Day] = {}
    for one in products:
        key = one.payload, one.spacecraft, day_of(one)
        found.setdefault(key, _Day(one.spacecraft, one.payload, key[2])).products.append(one)
    return sorted(found.values(), key=lambda day: (day.payload, day.spacecraft), reverse=False)


def _groups(days: Sequence[_Day], newest: str) -> Iterable[str]:
    for (payload, spacecraft), ones in groupby(days, lambda day: (day.payload, day.spacecraft)):
        title = escape(payload or tr("Products"))
        yield f'<h3>{title} <span class="dim">{on_craft(spacecraft)}</span></h3>'
        for day in sorted(ones, key=lambda day: day.day, reverse=True):
            yield _day(day, is_open=day.day == newest)


def _day(day: _Day, *, is_open: bool) -> str:
    looks = [one for one in day.products if _is_picture(one)]
    size = size_text(sum(one.size for one in day.products))
    newest_first = sorted(day.products, key=lambda one: one.created, reverse=True)
    archive = "/archive?" + urlencode(
        {"payload": day.payload, "spacecraft": day.spacecraft, "day": day.day}
    )
    headings = (
        ("", tr("Product")),
        ("", tr("Level")),
        ("", tr("Measured ({zone})", zone=time_zone().name)),
        ("size", tr("Size")),
        ("", tr("Made ({zone})", zone=time_zone().name)),
        ("", "SHA-256"),
    )
    download = tr("Download the day (tar)")
    count = tr_plural(
        "{products} product",
        "{products} products",
        len(day.products),
        products=count_text(len(day.products)),
    )
    pictures = f'<div class="looks">{"".join(map(_figure, looks))}</div>' if looks else ""
    return (
        f'<details class="day"{" open" if is_open else ""}>'
        f"<summary><strong>{escape(day.day)}{day_mark()}</strong>"
        f'<span class="dim">{count}, {size}</span></summary>'
        f"<div>{pictures}"
        f"{table(headings, map(_row, newest_first))}"
        f'<p><a class="button" href="{escape(archive)}">{download}</a></p></div>'
        "</details>"
    )


def _row(product: ProductEntry) -> str:
    version = f" v{product.version}" if product.version > 1 else ""
    replaced = "" if product.latest else " · " + tr("replaced")
    return (
        f'<tr{"" if product.latest else " class=old"}><td class="name">'
        f'<a href="/products/{escape(product.id)}" download="{escape(file_name(product))}">'
        f"{escape(file_name(product))}</a></td>"
        f'<td class="level">{escape(level_name(product.level))}{version}'
        f"{replaced}</td>"
        f'<td class="time">{span_text(product.measured_from, product.measured_until)}</td>'
        f'<td class="size">{size_text(product.size)}</td>'
        f'<td class="time">{moment_text(product.created)}</td>'
        f'<td><code title="{escape(product.sha256)}">{escape(product.sha256[:12])}…</code></td>'
        "</tr>"
    )


def _figure(product: ProductEntry) -> str:
    link = f"/products/{escape(product.id)}/view"
    name, looks = escape(file_name(product)), tr("Quick-look")
    return (
        f'<figure><a href="{link}"><img src="{link}" alt="{looks} {name}" loading="lazy"></a>'
        f"<figcaption>{name}</figcaption></figure>"
    )


def _is_picture(product: ProductEntry) -> bool:
    return product.level == QUICK_LOOK and product.media_type == "image/png"


def _filter_form(products: Sequence[ProductEntry], shown: Shown) -> str:
    choices: Mapping[str, tuple[str, set[str], str]] = {
        "spacecraft": (tr("Craft"), {one.spacecraft for one in products}, shown.spacecraft),
        "payload": (tr("Payload"), {one.payload for one in products}, shown.payload),
        "level": (tr("Level"), {one.level for one in products}, shown.level),
        "format": (tr("Format"), {suffix_of(one) for one in products}, shown.format),
    }
    whatever, show, also = tr("any"), tr("Show"), tr("replaced versions too")
    selects = "".join(
        f'<label>{title}<select name="{name}"><option value="">{whatever}</option>'
        + "".join(
            f'<option value="{escape(word)}"{" selected" if word == chosen else ""}>'
            f"{escape(level_name(word))}</option>"
            for word in sorted(filter(None, words))
        )
        + "</select></label>"
        for name, (title, words, chosen) in choices.items()
    )
    ticked = " checked" if shown.every_version else ""
    return (
        f'<form class="filter" method="get" action="/#arrived">{selects}'
        f'<label class="tick"><input type="checkbox" name="versions" value="all"{ticked}>'
        f"{also}</label><button>{show}</button></form>"
    )


def _summary(fitting: Sequence[ProductEntry], products: Sequence[ProductEntry]) -> str:
    if not products:
        return tr("Nothing has come home yet.")
    if not fitting:
        return tr("Nothing fits this choice.")
    total = sum(one.size for one in fitting)
    newest = max(one.created for one in fitting)
    return tr_plural(
        "{products} product, {size}; the newest was made on {time} {zone}.",
        "{products} products, {size}; the newest was made on {time} {zone}.",
        *(len(fitting),),
        products=count_text(len(fitting)),
        size=size_text(total),
        time=moment_text(newest),
        zone=time_zone().name,
    )


def _older(older: Sequence[str], shown: Shown) -> str:
    if not older:
        return ""
    link = escape(shown.link(until=older[0]) + "#arrived")
    told = tr("Older: {days} more days", days=len(older))
    return f'<p><a class="button" href="{link}">{told}</a></p>'
