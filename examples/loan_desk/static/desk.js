// The desk saves what was decided; nothing here waits for takeup.
const at = `${location.pathname}/decision`;
const advice = document.querySelector("takeup-recommendation");
advice?.addEventListener("takeup-decided", async (event) => {
  document.querySelector("#own").hidden = true;
  await fetch(at, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(event.detail) });
  document.body.dataset.saved = event.detail.choice;
});
advice?.addEventListener("takeup-undone", async () => {
  document.querySelector("#own").hidden = false;
  delete document.body.dataset.saved;
  await fetch(at, { method: "DELETE" });
});
