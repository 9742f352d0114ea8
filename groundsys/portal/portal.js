// Tells that something new has arrived.  Nothing on the page needs it.
const news = document.getElementById("news");
if (news) {
  const source = new EventSource("/events");
  let arrived = 0;
  source.addEventListener("product", () => {
    arrived += 1;
    news.querySelector("span").textContent =
      arrived === 1 ? news.dataset.one : news.dataset.many.replace("{count}", arrived);
    news.hidden = false;
  });
  addEventListener("pagehide", () => source.close());
}
