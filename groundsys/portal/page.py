"""The page for people: enter a token, see your products, save them.  No script."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from string import Template

from groundsys.portal.catalogue import ProductEntry

_FRAME = Template("""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>$title</title>
<style>
  :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
  body { max-width: 80rem; margin: 2rem auto; padding: 0 1rem; }
  header { display: flex; justify-content: space-between; align-items: baseline; gap: 1rem; }
  h1 { font-size: 1.4rem; }
  form.sign-in { display: flex; flex-wrap: wrap; gap: .5rem; align-items: end; }
  label { display: block; flex: 1 1 24rem; }
  input { display: block; width: 100%; box-sizing: border-box; font: 1rem ui-monospace, monospace;
          padding: .5rem; }
  button { font: inherit; padding: .5rem 1rem; }
  table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
  th, td { text-align: left; padding: .3rem .6rem; border-bottom: 1px solid #8884; }
  td.size, th.size { text-align: right; }
  td.size, td.time { white-space: nowrap; }
  code { font: .75rem ui-monospace, monospace; overflow-wrap: anywhere; }
  .scroll { overflow-x: auto; }
  .refused { border-left: 4px solid #c33; padding-left: .6rem; }
</style>
</head>
<body>
$body
</body>
</html>
""")

_SIGN_IN = Template("""<header><h1>Your data from Mars</h1></header>
$refusal
<form class="sign-in" method="post" action="/sign-in">
  <label>Token
    <input name="token" type="password" required autocomplete="current-password"
           spellcheck="false" autofocus>
  </label>
  <button>Show my products</button>
</form>
""")

_PRODUCTS = Template("""<header>
  <h1>Products of $customer</h1>
  <form method="post" action="/sign-out"><button>Sign out</button></form>
</header>
<p>$summary</p>
<div class="scroll">
<table>
<thead><tr><th>Product</th><th>Level</th><th class="size">Bytes</th><th>Made (UTC)</th>
<th>SHA-256</th></tr></thead>
<tbody>
$rows
</tbody>
</table>
</div>
""")

_ROW = Template(
    '<tr><td><a href="/products/$id" download="$file">$name</a></td><td>$level</td>'
    '<td class="size">$size</td><td class="time">$created</td><td><code>$sha256</code></td></tr>'
)


def sign_in_page(*, refused: bool = False) -> str:
    """The first page; `refused` after a token that is nobody's."""
    refusal = '<p class="refused" role="alert">This token opens nothing.</p>' if refused else ""
    body = _SIGN_IN.substitute(refusal=refusal)
    return _FRAME.substitute(title="Products", body=body)


def products_page(customer: str, products: Sequence[ProductEntry]) -> str:
    """A customer's products, newest first."""
    rows = [
        _ROW.substitute(
            id=escape(product.id),
            file=escape(product.name.rpartition("/")[2]),
            name=escape(product.name),
            level=escape(product.level),
            size=f"{product.size:,}".replace(",", " "),
            created=escape(product.created[:19].replace("T", " ")),
            sha256=escape(product.sha256),
        )
        for product in reversed(products)
    ]
    total = sum(product.size for product in products)
    summary = (
        f"{len(products)} products, {total / 1e6:.1f} MB."
        if products
        else "Nothing has come home yet."
    )
    body = _PRODUCTS.substitute(customer=escape(customer), summary=summary, rows="\n".join(rows))
    return _FRAME.substitute(title=f"Products of {escape(customer)}", body=body)
