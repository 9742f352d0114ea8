"""The pages for people, as HTML: sign in, what is on its way, what has arrived.  No script needed.

Times are UTC.  Products are grouped by payload and by the day on which they were measured.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from itertools import groupby
from string import Template
from urllib.parse import urlencode

from groundsys.portal.catalogue import ProductEntry
from groundsys.portal.operations import ArrivingFile, Homecoming, OnItsWay

#: days that one page shows; older ones are a link away
DAYS_SHOWN = 14
_HOMECOMINGS_SHOWN = 6
QUICK_LOOK = "QL"
LEVELS = {"L0": "Level 0", "L1": "Level 1", QUICK_LOOK: "Quick-look", "manifest": "Manifest"}

_FRAME = Template("""<!doctype html>
<html lang="en">
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

_SIGN_IN = Template("""<header><div class="bar"><h1>Your data from space</h1></div></header>
<main>
$refusal
<form class="sign-in" method="post" action="/sign-in">
  <label>API key
    <input name="token" type="password" required autocomplete="current-password"
           spellcheck="false" autofocus>
  </label>
  <button class="primary">Sign in</button>
  <p class="dim">The operators gave your team its first key; it begins with <code>gs1_</code>.</p>
</form>
</main>
""")

_PRODUCTS = Template("""<header><div class="bar">
  <h1>Your data from space <span>· Products of $customer</span></h1>
  <form method="post" action="/sign-out"><button>Sign out</button></form>
</div></header>
<p id="news" role="status" hidden><span></span> <a href="/">Show</a></p>
<main>
<h2 id="on-its-way">On its way</h2>
$on_its_way
<h2 id="arrived">What has arrived</h2>
<p class="dim">$summary</p>
$filter
$groups
$older
<p class="dim">For programs: <a href="/api/v1/openapi.json">the API</a>, and
<code>groundsys fetch</code>, which brings only what is new and checks every hash.</p>
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
    refusal = '<p class="refused" role="alert">This token opens nothing.</p>' if refused else ""
    body = _SIGN_IN.substitute(refusal=refusal)
    return _FRAME.substitute(title="Sign in – your data from space", head="", body=body)


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
    body = _PRODUCTS.substitute(
        customer=escape(customer),
        on_its_way=_on_its_way(coming),
        summary=_summary(fitting, products),
        filter=_filter_form(products, shown) if products else "",
        groups="\n".join(_groups(visible, page[0] if page else "")),
        older=_older(older, shown),
    )
    head = '<script src="/portal.js" defer></script>'
    return _FRAME.substitute(title=f"Products of {escape(customer)}", head=head, body=body)


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
        title = escape(payload or "Products")
        yield f'<h3>{title} <span class="dim">on {escape(spacecraft)}</span></h3>'
        for day in sorted(ones, key=lambda day: day.day, reverse=True):
            yield _day(day, is_open=day.day == newest)


def _day(day: _Day, *, is_open: bool) -> str:
    looks = [one for one in day.products if _is_picture(one)]
    size = _size(sum(one.size for one in day.products))
    newest_first = sorted(day.products, key=lambda one: one.created, reverse=True)
    archive = "/archive?" + urlencode(
        {"payload": day.payload, "spacecraft": day.spacecraft, "day": day.day}
    )
    pictures = f'<div class="looks">{"".join(map(_figure, looks))}</div>' if looks else ""
    return (
        f'<details class="day"{" open" if is_open else ""}>'
        f"<summary><strong>{escape(day.day)}</strong>"
        f'<span class="dim">{_count(len(day.products), "product")}, {size}</span></summary>'
        f"<div>{pictures}"
        '<div class="scroll"><table><thead><tr><th>Product</th><th>Level</th>'
        '<th>Measured (UTC)</th><th class="size">Size</th><th>Made (UTC)</th><th>SHA-256</th>'
        f"</tr></thead><tbody>{''.join(map(_row, newest_first))}</tbody></table></div>"
        f'<p><a class="button" href="{escape(archive)}">Download the day (tar)</a></p></div>'
        "</details>"
    )


def _row(product: ProductEntry) -> str:
    version = f" v{product.version}" if product.version > 1 else ""
    replaced = "" if product.latest else " · replaced"
    return (
        f'<tr{"" if product.latest else " class=old"}><td class="name">'
        f'<a href="/products/{escape(product.id)}" download="{escape(_file(product))}">'
        f"{escape(_file(product))}</a></td>"
        f'<td class="level">{escape(LEVELS.get(product.level, product.level))}{version}'
        f"{replaced}</td>"
        f'<td class="time">{_span(product.measured_from, product.measured_until)}</td>'
        f'<td class="size">{_size(product.size)}</td>'
        f'<td class="time">{_moment(product.created)}</td>'
        f'<td><code title="{escape(product.sha256)}">{escape(product.sha256[:12])}…</code></td>'
        "</tr>"
    )


def _figure(product: ProductEntry) -> str:
    link = f"/products/{escape(product.id)}/view"
    name = escape(_file(product))
    return (
        f'<figure><a href="{link}"><img src="{link}" alt="Quick-look {name}" loading="lazy"></a>'
        f"<figcaption>{name}</figcaption></figure>"
    )


def _is_picture(product: ProductEntry) -> bool:
    return product.level == QUICK_LOOK and product.media_type == "image/png"


def _filter_form(products: Sequence[ProductEntry], shown: Shown) -> str:
    choices: Mapping[str, tuple[str, set[str], str]] = {
        "spacecraft": ("Craft", {one.spacecraft for one in products}, shown.spacecraft),
        "payload": ("Payload", {one.payload for one in products}, shown.payload),
        "level": ("Level", {one.level for one in products}, shown.level),
        "format": ("Format", {suffix_of(one) for one in products}, shown.format),
    }
    selects = "".join(
        f'<label>{title}<select name="{name}"><option value="">any</option>'
        + "".join(
            f'<option value="{escape(word)}"{" selected" if word == chosen else ""}>'
            f"{escape(LEVELS.get(word, word))}</option>"
            for word in sorted(filter(None, words))
        )
        + "</select></label>"
        for name, (title, words, chosen) in choices.items()
    )
    ticked = " checked" if shown.every_version else ""
    return (
        f'<form class="filter" method="get" action="/#arrived">{selects}'
        f'<label class="tick"><input type="checkbox" name="versions" value="all"{ticked}>'
        "replaced versions too</label><button>Show</button></form>"
    )


def _summary(fitting: Sequence[ProductEntry], products: Sequence[ProductEntry]) -> str:
    if not products:
        return "Nothing has come home yet."
    if not fitting:
        return "Nothing fits this choice."
    total = sum(one.size for one in fitting)
    newest = max(one.created for one in fitting)
    return (
        f"{_count(len(fitting), 'product')}, {_size(total)}; "
        f"the newest was made on {_moment(newest)} UTC."
    )


def _older(older: Sequence[str], shown: Shown) -> str:
    if not older:
        return ""
    link = escape(shown.link(until=older[0]) + "#arrived")
    return f'<p><a class="button" href="{link}">Older: {len(older)} more days</a></p>'


# --- what is on its way -----------------------------------------------------------------------


def _on_its_way(coming: OnItsWay | None) -> str:
    if coming is None:
        return '<p class="dim">The ground segment does not answer just now; look again soon.</p>'
    files = _arriving(coming.files)
    foretold = sorted(coming.homecomings, key=lambda one: (one.home or "9", one.measured_from))
    if not files and not foretold:
        return '<p class="dim">Nothing that is planned is still to come.</p>'
    head, rest = foretold[:_HOMECOMINGS_SHOWN], foretold[_HOMECOMINGS_SHOWN:]
    more = (
        f"<details><summary>{len(rest)} more</summary>{_foretold(rest)}</details>" if rest else ""
    )
    return (
        f'<p class="dim">It is {_moment(coming.now)} UTC at the ground segment.</p>'
        f"{files}{_foretold(head) if head else ''}{more}"
    )


def _arriving(files: Sequence[ArrivingFile]) -> str:
    if not files:
        return ""
    rows = "".join(
        f'<tr><td class="name">{escape(one.name)}</td><td>{escape(one.spacecraft)}</td>'
        f"<td>{_progress(one)}</td></tr>"
        for one in files
    )
    return (
        '<div class="scroll"><table><thead><tr><th>File that is coming in</th><th>Craft</th>'
        f"<th>On the ground</th></tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _progress(file: ArrivingFile) -> str:
    if file.whole:
        return '<span class="good">whole; its products are being made</span>'
    if not file.octets:
        return f"{_size(file.octets_here)} so far"
    share = min(1.0, file.octets_here / file.octets)
    return (
        f'<progress value="{share:.3f}">{share:.0%}</progress> '
        f"{_size(file.octets_here)} of {_size(file.octets)}"
    )


def _foretold(homecomings: Sequence[Homecoming]) -> str:
    rows = "".join(
        f'<tr><td class="name">{escape(one.payload)} '
        f'<span class="dim">on {escape(one.spacecraft)}</span></td>'
        f'<td class="time">{_span(one.measured_from, one.measured_until)}</td>'
        f'<td class="size">{_size(one.octets)}</td>'
        + (
            f'<td class="time">{_moment(one.home)}</td><td class="time">'
            f"{_moment(one.by_95) if one.by_95 else 'not that sure yet'}</td></tr>"
            if one.home
            else '<td class="bad" colspan="2">no booked pass brings it home yet</td></tr>'
        )
        for one in homecomings
    )
    return (
        '<div class="scroll"><table><thead><tr><th>Payload</th><th>Measured (UTC)</th>'
        '<th class="size">About</th><th>Expected (UTC)</th><th>With 95 % by (UTC)</th></tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


# --- words ------------------------------------------------------------------------------------


def _file(product: ProductEntry) -> str:
    return product.name.rpartition("/")[2]


def _count(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'' if number == 1 else 's'}".replace(",", "\N{NO-BREAK SPACE}")


def _size(octets: int) -> str:
    value = float(octets)
    for unit in ("B", "kB", "MB"):
        if value < 999.5:
            return f"{value:.0f} {unit}" if unit == "B" or value >= 99.5 else f"{value:.1f} {unit}"
        value /= 1000.0
    return f"{value:.1f} GB"


def _moment(text: str) -> str:
    return escape(text[:16].replace("T", " "))


def _span(start: str | None, end: str | None) -> str:
    """Two moments of UTC; the second without its day if that is the same."""
    if not start or not end:
        return "–"
    until = _moment(end)
    return f"{_moment(start)} – {until[11:] if start[:10] == end[:10] else until}"
