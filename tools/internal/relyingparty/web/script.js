// Everything works without this file: pages that wait refresh themselves then.
"use strict";

const wait = document.querySelector("[data-wait]");
if (wait) follow(wait);

const receipt = document.querySelector("[data-reload]");
if (receipt) setTimeout(reload, 2000);

for (const button of document.querySelectorAll("[data-copy]")) {
	button.hidden = !navigator.clipboard;
	button.addEventListener("click", async () => {
		await navigator.clipboard.writeText(button.parentElement.querySelector("code").textContent);
		button.textContent = "Copied";
	});
}

// follow shows how a login stands, as the server tells it (package login, Scripts).
function follow(page) {
	const part = (name) => page.querySelector(`[data-${name}]`);
	const set = (element, text) => { if (element.textContent !== text) element.textContent = text; };
	let picture = 0;
	const hints = page.dataset.wait; // at which the QR code is to be scanned
	let events;
	// A browser has six connections to a site for all its tabs (HTTP/1.1). A tab that nobody looks at keeps none: what it
	// misses, it is told when it opens another stream.
	document.addEventListener("visibilitychange", look);
	look();
	function look() {
		events?.close();
		clearInterval(picture);
		if (!document.hidden) events = listen();
	}
	function listen() {
		const events = new EventSource("events");
		events.onmessage = (event) => {
			const state = JSON.parse(event.data);
			if (state.state !== "waiting") {
				events.close();
				location.replace("wait");
				return;
			}
			set(part("message"), state.message || "");
			set(part("code-text"), state.code || "");
			part("code").hidden = !state.code;
			const scanned = Boolean(state.hint && hints) && !hints.split(" ").includes(state.hint);
			part("qr").hidden = !state.qr || scanned;
			part("link").hidden = !state.link || scanned;
			if (state.link) part("link").firstElementChild.href = state.link;
			clearInterval(picture);
			if (state.qr && !scanned) picture = setInterval(draw, state.refresh);
		};
		events.onerror = () => { // a stream that ended is opened again; one that was refused is not
			if (events.readyState === EventSource.CLOSED) setTimeout(() => location.reload(), 3000);
		};
		return events;
	}
	function draw() { part("qr").querySelector("img").src = "qr.svg?" + Date.now(); }
	if (!part("qr").hidden) draw();
}

// reload looks whether the receipt has been read.
async function reload() {
	const answer = await fetch(location.href);
	const now = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("receipt");
	if (!now) return;
	if (receipt.textContent !== now.textContent) receipt.textContent = now.textContent;
	if ("reload" in now.dataset) setTimeout(reload, 2000);
}
