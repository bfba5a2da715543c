/**
 * <takeup-recommendation>: advice where the decision is made.
 *
 *   <takeup-recommendation><script type="application/json">{…advice…}</script></takeup-recommendation>
 *
 * or `element.advice = {…}`: what `Recommendation.embed()` of the Python client gives. The host
 * listens to `takeup-decided` (detail: choice, reason, …, events) and saves; it never waits for
 * takeup. Everything that comes from outside is shown as text.
 */

const TEXTS = {
  region: "Recommendation",
  certainty: ["Not sure", "Fairly sure", "Sure", "Very sure"],
  in100: "{n} in 100",
  sure_record: "When this sure, it was right in {k} of {n} cases ({low} to {high} in 100).",
  early: "Too early to say how good the advice is in cases like this: {n} judged so far.",
  like_this: "In cases like this. Right, of 100:",
  weaker: "In cases like this it is weaker. Right, of 100:",
  all_cases: "all cases",
  judged: "{n} cases judged. Your own knowledge counts here.",
  evidence: "See the evidence",
  more: "All {n} reasons",
  follow: "Follow: {choice}",
  instead: "{choice} instead",
  other: "Decide otherwise",
  terms: "Change terms",
  number: "Another number",
  wrong: "This looks wrong",
  back: "Back",
  because: "{choice}, because",
  because_how: "One tap on a reason and the decision is made.",
  note: "Add a note, if you like",
  no_reason: "{choice} without a reason",
  privacy: "Reasons reach the model team without your name. The order is new each time, so that no reason wins by its place.",
  otherwise: "What instead?",
  what_number: "Which number instead?",
  next: "Next",
  what_terms: "On which terms?",
  what_wrong: "What is wrong with it?",
  flagged: "Marked as wrong: {kind}. The model team answers, and the answer comes to you.",
  first: "Your view first",
  first_how: "What would you decide? The advice is ready and comes right after. You can still change your mind.",
  first_later: "Advice, after your choice",
  first_skip: "Can’t say yet, show me",
  first_why: "Some cases ask you first. It is the only way to tell whether advice helps you or just leads you. What you chose first is yours alone.",
  yours: "You said {choice} first.",
  none: "No advice just now.",
  none_how: "Decide as usual; nothing waits for it.",
  none_why: "This case counts as “no advice available”, never as ignored.",
  done_follow: "Followed: {choice}",
  done_override: "{choice} instead",
  done_modify: "Changed: {choice}",
  done_reason: "Because: {reason}.",
  undo: "Undo",
  undo_for: "for {n} seconds",
  outcome: "How it ends comes back to you on My calibration, and to nobody else with your name.",
  kinds: { wrong: "Wrong", missing_input: "Something is missing", late: "Too late", format: "Hard to use",
    unclear_reason: "The reason is unclear", ethics: "It is not right to do", other: "Something else" },
  reasons: { info_model_lacks: "I know something the model lacks", model_wrong_before: "The model was wrong before",
    not_convinced: "Not convinced", checked_and_disagree: "Checked, and I disagree",
    procedure_or_policy: "Policy or procedure", not_validated_for_this: "Not tested for cases like this",
    professional_duty_ethics: "Professional duty", client_or_patient_interest: "In the client’s interest",
    too_slow_or_wrong_format: "Too slow, or hard to use", other: "Other…" },
};

const UNDO_SECONDS = 60;
const LONGEST_TEXT = 600;
const MOST_REASONS = 3;
const CONTEXT_WITHIN = 4000;
/** Upper ends in seconds of the coarse buckets of time, and the figure that stands for each. */
const BUCKETS = [[30, 15], [120, 75], [600, 360], [Infinity, 1200]];

const SHEET = new CSSStyleSheet();
SHEET.replaceSync(`
:host{--paper:var(--takeup-paper,#fff);--inset:var(--takeup-inset,#f1efe9);--ink:var(--takeup-ink,#1a2025);
--second:var(--takeup-second,#465059);--third:var(--takeup-third,#5f6972);--line:var(--takeup-line,#e2dfd6);
--edge:var(--takeup-edge,#84898c);--action:var(--takeup-action,#0d5c58);--tint:var(--takeup-tint,#e3efed);
--range:var(--takeup-range,#bfd4d3);--followed:var(--takeup-followed,#0b62a4);--overridden:var(--takeup-overridden,#b34c00);
display:block;container-type:inline-size;color:var(--ink);
font:15px/1.5 var(--takeup-font,inherit);font-family:var(--takeup-font,inherit)}
:host([hidden]),:host([state=nothing]){display:none}
@media (prefers-color-scheme:dark){:host(:not([theme=light])){--paper:var(--takeup-paper,#1a2024);--inset:var(--takeup-inset,#20272c);
--ink:var(--takeup-ink,#e8ecee);--second:var(--takeup-second,#b5bec5);--third:var(--takeup-third,#93a0a8);
--line:var(--takeup-line,#2b343a);--edge:var(--takeup-edge,#717d84);--action:var(--takeup-action,#74c9c1);--tint:var(--takeup-tint,#193331);
--range:var(--takeup-range,#314c4d);--followed:var(--takeup-followed,#74b6f0);--overridden:var(--takeup-overridden,#f08a45)}}
:host([theme=dark]){--paper:var(--takeup-paper,#1a2024);--inset:var(--takeup-inset,#20272c);
--ink:var(--takeup-ink,#e8ecee);--second:var(--takeup-second,#b5bec5);--third:var(--takeup-third,#93a0a8);
--line:var(--takeup-line,#2b343a);--edge:var(--takeup-edge,#717d84);--action:var(--takeup-action,#74c9c1);--tint:var(--takeup-tint,#193331);
--range:var(--takeup-range,#314c4d);--followed:var(--takeup-followed,#74b6f0);--overridden:var(--takeup-overridden,#f08a45)}
*{box-sizing:border-box}
section{background:var(--paper);border:1px solid var(--line);border-radius:var(--takeup-radius,12px);padding:20px 22px;overflow-wrap:anywhere}
header{display:flex;justify-content:space-between;gap:16px;font-size:13px;color:var(--third)}
header b{color:var(--second);font-weight:600}
header b::before{content:"";display:inline-block;width:8px;height:8px;background:var(--action);margin-right:9px;border-radius:1px}
h2{font:600 25px/1.2 var(--takeup-heading-font,"Source Serif 4",Georgia,serif);margin:12px 0 4px;outline:0}
h2.mark::before{content:"";display:inline-block;width:9px;height:9px;background:var(--overridden);transform:rotate(45deg);margin:0 14px 4px 3px}
h2.mark.round::before{background:var(--followed);border-radius:50%;transform:none}
p{margin:0 0 12px;color:var(--second)}p b{color:var(--ink)}
ul{list-style:none;margin:0 0 4px;padding:0}
li{display:grid;grid-template-columns:22px 1fr;margin-bottom:5px}
li i{font-style:normal;color:var(--third)}
a,.link{color:var(--action);text-decoration:underline;text-underline-offset:3px;text-decoration-thickness:1px}
.link{background:none;border:0;padding:4px 0;font:inherit;cursor:pointer;min-height:24px}
.reasons a{margin-left:22px;display:inline-block;padding:3px 0}
.inset{background:var(--inset);border-radius:10px;padding:12px 14px;margin:12px 0 16px;font-size:13px}
.inset p{margin:0 0 6px}.inset p:last-child{margin:6px 0 0;color:var(--third)}
.plot{display:grid;grid-template-columns:minmax(84px,38%) 1fr;gap:2px 10px;align-items:center;color:var(--second)}
svg{width:100%;height:18px;overflow:visible;display:block}
svg text{font-size:12px;fill:var(--ink);font-weight:600;font-variant-numeric:tabular-nums}
svg .axis{fill:var(--third);font-weight:400}
svg line{stroke:var(--line)}svg .range{stroke:var(--range);stroke-width:5;stroke-linecap:round}svg rect{fill:var(--action)}
.pair{display:flex;gap:10px;margin:4px 0 12px}
.pair button{flex:1}
button.choice,.pair button{font-family:inherit;font-size:15px;font-weight:600;line-height:1.3;min-height:44px;padding:8px 14px;border-radius:10px;
border:1px solid var(--edge);background:var(--paper);color:var(--ink);cursor:pointer}
.pair button::before{content:"";display:inline-block;width:8px;height:8px;margin-right:9px}
.pair .follow::before{background:var(--followed);border-radius:50%}
.pair .against::before{background:var(--overridden);transform:rotate(45deg)}
.pair.plain button::before{display:none}
.foot{display:flex;flex-wrap:wrap;justify-content:space-between;gap:4px 18px;font-size:14px}
.foot .link{color:var(--second)}
.chips{display:flex;flex-wrap:wrap;gap:8px;margin:0 0 14px}
.chips button{font-family:inherit;font-size:14px;font-weight:500;line-height:1.3;min-height:36px;padding:6px 14px;border-radius:18px;border:1px solid var(--edge);
background:var(--paper);color:var(--ink);cursor:pointer;text-align:left}
button:hover{border-color:var(--action)}
button:focus-visible,a:focus-visible,input:focus-visible{outline:2px solid var(--action);outline-offset:2px}
input{width:100%;min-height:44px;font:inherit;color:inherit;background:var(--paper);border:1px solid var(--edge);border-radius:8px;padding:8px 12px;margin:0 0 10px}
label{display:block;font-size:13px;color:var(--second)}
.bar{display:flex;justify-content:space-between;background:var(--inset);border-radius:8px;padding:5px 12px;margin-top:14px;font-size:14px;color:var(--second)}
.small{font-size:13px;color:var(--third);border-top:1px solid var(--line);padding-top:12px;margin:12px 0 0}
.bones{border:1px solid var(--line);border-radius:10px;padding:16px;margin:12px 0;font-size:13px;color:var(--third)}
.bones i{display:block;height:9px;border-radius:5px;background:var(--inset);margin-bottom:11px}
.bones i:first-child{width:36%;height:14px}.bones i:nth-child(2){width:90%}.bones i:nth-child(3){width:64%}
.quiet{display:grid;grid-template-columns:22px 1fr}.quiet::before{content:"◌";color:var(--third)}.quiet p{margin:0}.quiet p+p{font-size:13px;color:var(--third);margin-top:2px}
.sr{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
@container (max-width:330px){.pair{flex-direction:column}section{padding:16px}.pair button{flex:none}}
@media (forced-colors:active){.pair button::before,h2.mark::before,header b::before{forced-color-adjust:none}}
`);

/** Any value as text that is fit to be shown: never markup, never endless. */
function text(value, longest = LONGEST_TEXT) {
  if (value === null || value === undefined) return "";
  const whole = typeof value === "object" ? JSON.stringify(value) ?? "" : String(value);
  return whole.length > longest ? `${whole.slice(0, longest)}…` : whole;
}

function fill(pattern, values) {
  return text(pattern).replace(/\{(\w+)\}/g, (all, name) => (name in values ? text(values[name]) : all));
}

function make(tag, attributes = {}, ...children) {
  const svg = ["svg", "line", "rect", "text"].includes(tag);
  const node = svg ? document.createElementNS("http://www.w3.org/2000/svg", tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value !== false && value !== undefined) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((c) => c !== null && c !== undefined && c !== ""));
  return node;
}

function shuffled(list) {
  const found = [...list];
  for (let i = found.length - 1; i > 0; i -= 1) {
    const j = Math.floor(Math.random() * (i + 1));
    [found[i], found[j]] = [found[j], found[i]];
  }
  return found;
}

function share(value) {
  return typeof value === "number" && value >= 0 && value <= 1 ? value : null;
}

/** An address that may be opened: http, https, or of the host itself; else nothing. */
function address(value) {
  try {
    const url = new URL(text(value, 2000), document.baseURI);
    return value && /^https?:$/.test(url.protocol) ? url.href : "";
  } catch {
    return "";
  }
}

export class TakeupRecommendation extends HTMLElement {
  #root = this.attachShadow({ mode: "open" });
  #advice = null;
  #context = null;
  #texts = TEXTS;
  #state = "nothing";
  #steps = 0;
  #events = [];
  #seen = new Set();
  #began = 0;
  #watch = null;
  #initial = null;
  #choice = null;
  #decided = null;
  #order = [];
  #said = "";
  #timer = 0;
  #leaving = () => this.#left();

  constructor() {
    super();
    this.#root.adoptedStyleSheets = [SHEET];
    this.#root.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && ["reasons", "choices", "terms", "number", "flag"].includes(this.#state)) this.#go("advice");
    });
  }

  connectedCallback() {
    if (this.#advice) this.#observe();
    // In a task of its own: the host's page is there first.
    else setTimeout(() => { if (this.isConnected && !this.#advice) this.#read(); });
    addEventListener("pagehide", this.#leaving);
  }

  disconnectedCallback() {
    this.#left();
    this.#watch?.disconnect();
    clearInterval(this.#timer);
    removeEventListener("pagehide", this.#leaving);
  }

  /** What the host's backend said about this case; anything that is no advice shows “no advice just now”. */
  get advice() {
    return this.#advice;
  }

  set advice(given) {
    const sound = given && typeof given === "object" && !Array.isArray(given) ? given : { unavailable: true };
    this.#advice = sound;
    const own = sound.texts && typeof sound.texts === "object" ? sound.texts : {};
    this.#texts = { ...TEXTS, ...own, kinds: { ...TEXTS.kinds, ...own.kinds }, reasons: { ...TEXTS.reasons, ...own.reasons } };
    this.#context = null;
    this.#initial = this.#choice = this.#decided = null;
    this.#events = [];
    this.#seen.clear();
    this.#steps = 0;
    this.#said = "";
    this.#order = shuffled(Array.isArray(sound.reason_codes) && sound.reason_codes.length ? sound.reason_codes.map((c) => text(c, 80)) : Object.keys(TEXTS.reasons));
    this.#began = performance.now();
    const known = sound.recommendation !== undefined && sound.recommendation !== null && text(sound.recommendation) !== "";
    if (sound.unavailable || (sound.show !== false && !known)) this.#go("none", false);
    else if (sound.ask_first && known) this.#go("first", false);
    else if (sound.show === false) this.#go("nothing", false);
    else this.#go("advice", false);
    this.#ask();
  }

  /** Actions (activations, and each text or number given) of the person so far. */
  get steps() {
    return this.#steps;
  }

  /** `nothing`, `none`, `first`, `advice`, `choices`, `number`, `reasons`, `terms`, `flag`, `decided`. */
  get state() {
    return this.#state;
  }

  /** What happened so far, as CloudEvents: the host may hand them to its own takeup client. */
  get events() {
    return [...this.#events];
  }

  #read() {
    const held = this.querySelector('script[type="application/json"]');
    if (!held) return;
    try {
      this.advice = JSON.parse(held.textContent);
    } catch {
      this.advice = null;
    }
  }

  #label(value) {
    const known = (list) => (Array.isArray(list) ? list.find((c) => c && typeof c === "object" && c.value === value) : null);
    const found = known(this.#advice.choices) ?? known(this.#advice.terms);
    const words = text(found?.label ?? value, 80).replaceAll("_", " ");
    const unit = typeof value === "number" && this.#advice.unit ? ` ${text(this.#advice.unit, 20)}` : "";
    return words.charAt(0).toUpperCase() + words.slice(1) + unit;
  }

  #values(list) {
    return Array.isArray(list) ? list.slice(0, 20).map((c) => (c && typeof c === "object" ? c.value : c)).filter((c) => c !== undefined && c !== null) : [];
  }

  get #against() {
    return this.#values(this.#advice.choices).filter((c) => c !== this.#advice.recommendation);
  }

  // What is shown

  #go(state, focus = true) {
    this.#state = state;
    this.setAttribute("state", state);
    const drawn = { none: () => this.#drawNone(), first: () => this.#drawFirst(), advice: () => this.#drawAdvice(),
      choices: () => this.#drawChoices(), number: () => this.#drawNumber(), reasons: () => this.#drawReasons(),
      terms: () => this.#drawTerms(), flag: () => this.#drawFlag(), decided: () => this.#drawDecided() }[state];
    clearInterval(this.#timer);
    if (!drawn) {
      this.#root.replaceChildren();
      return;
    }
    const body = drawn();
    const head = state === "none" ? null : make("header", {}, make("b", {}, this.#texts.region), make("span", {}, text(this.#advice.model, 80)));
    this.#root.replaceChildren(make("section", { "aria-label": this.#texts.region }, head, ...body, make("div", { class: "sr", role: "status" }, this.#said)));
    if (focus) this.#root.querySelector("h2")?.focus();
    this.#observe();
  }

  #button(words, act, attributes = {}) {
    return make("button", { type: "button", ...attributes, onclick: () => this.#act(act) }, words);
  }

  #title(words, mark = "") {
    return make("h2", { tabindex: "-1", class: mark }, words);
  }

  #bar() {
    const sure = share(this.#advice.confidence);
    const said = sure === null ? "" : `, ${fill(this.#texts.in100, { n: Math.round(100 * sure) })}`;
    return make("div", { class: "bar" }, make("span", {}, this.#label(this.#advice.recommendation) + said), this.#button(this.#texts.back, () => this.#go("advice"), { class: "link" }));
  }

  #drawNone() {
    const t = this.#texts;
    return [make("div", { class: "quiet", role: "status" }, make("div", {}, make("p", {}, make("b", {}, t.none), ` ${t.none_how}`), make("p", {}, t.none_why)))];
  }

  #drawFirst() {
    const t = this.#texts;
    const choices = this.#values(this.#advice.choices);
    const answer = choices.length
      ? make("div", { class: choices.length === 2 ? "pair plain" : "chips" }, ...choices.map((c) => this.#button(this.#label(c), () => this.#firstSaid(c))))
      : this.#numberForm(t.next, (n) => this.#firstSaid(n));
    return [this.#title(t.first), make("p", {}, t.first_how), answer, this.#button(t.first_skip, () => this.#go("advice"), { class: "link" }),
      make("div", { class: "bones", "aria-hidden": "true" }, make("i"), make("i"), make("i"), t.first_later), make("p", { class: "small" }, t.first_why)];
  }

  #drawAdvice() {
    const t = this.#texts;
    const a = this.#advice;
    const sure = share(a.confidence);
    const level = sure === null ? 0 : sure >= 0.9 ? 3 : sure >= 0.75 ? 2 : sure >= 0.6 ? 1 : 0;
    const against = this.#against;
    const numeric = typeof a.recommendation === "number" && !against.length;
    const go = numeric ? () => this.#go("number") : against.length === 1 ? () => this.#pick(against[0]) : () => this.#go("choices");
    const otherwise = numeric ? t.number : against.length === 1 ? fill(t.instead, { choice: this.#label(against[0]) }) : t.other;
    return [
      this.#title(this.#label(a.recommendation)),
      this.#initial === null ? null : make("p", {}, fill(t.yours, { choice: this.#label(this.#initial) })),
      sure === null ? null : make("p", {}, make("b", {}, t.certainty[level] ?? ""), `, ${fill(t.in100, { n: Math.round(100 * sure) })}. `, this.#sureRecord()),
      this.#reasons(),
      this.#record(),
      make("div", { class: "pair" },
        this.#button(fill(t.follow, { choice: this.#label(a.recommendation).toLowerCase() }), () => this.#decide(a.recommendation, "followed"), { class: "follow" }),
        this.#button(otherwise, go, { class: "against" })),
      make("div", { class: "foot" },
        this.#values(a.terms).length ? this.#button(t.terms, () => this.#go("terms"), { class: "link" }) : make("span"),
        this.#seen.has("flagged") ? make("span", { class: "second" }, this.#said) : this.#button(t.wrong, () => this.#go("flag"), { class: "link" })),
    ];
  }

  #reasons() {
    const a = this.#advice;
    const given = (Array.isArray(a.reasons) ? a.reasons : []).slice(0, 30);
    const shown = this.#seen.has("explanation") ? given : given.slice(0, MOST_REASONS);
    const items = shown.map((r) => {
      const sign = r?.sign === "+" ? "+" : r?.sign === "-" ? "−" : "·";
      return make("li", {}, make("i", { "aria-hidden": "true" }, sign), make("span", {}, text(r?.text ?? r)));
    });
    const href = address(a.evidence_url);
    if (!items.length && !href) return null;
    return make("div", { class: "reasons" }, make("ul", {}, ...items),
      given.length > shown.length ? this.#button(fill(this.#texts.more, { n: given.length }), () => { this.#saw("explanation"); this.#go("advice"); }, { class: "link" }) : null,
      href ? make("a", { href, target: "_blank", rel: "noopener", onclick: () => { this.#steps += 1; this.#saw("evidence"); } }, `${this.#texts.evidence} ↗`) : null);
  }

  #sureRecord() {
    const c = this.#context?.confidence;
    if (!c) return "";
    return fill(this.#texts.sure_record, { k: c.right, n: c.judged, low: Math.round(100 * c.low), high: Math.round(100 * c.high) });
  }

  #record() {
    const t = this.#texts;
    const c = this.#context;
    if (!c) return null;
    const kinds = (Array.isArray(c.kinds) ? c.kinds : []).filter((k) => share(k?.value) !== null && share(k.low) !== null && share(k.high) !== null).slice(0, 4);
    if (!kinds.length) {
      return typeof c.judged === "number" ? make("div", { class: "inset" }, make("p", {}, fill(t.early, { n: c.judged }))) : null;
    }
    const from = Math.min(0.5, ...kinds.map((k) => Math.floor(10 * k.low) / 10));
    const at = (v) => `${2 + (88 * (v - from)) / (1 - from)}%`;
    const rows = kinds.flatMap((k) => {
      const label = text(k.label, 60).replaceAll("_", " ");
      const row = make("svg", { role: "img", "aria-label": `${label}: ${Math.round(100 * k.value)}, ${Math.round(100 * k.low)} – ${Math.round(100 * k.high)}` },
        make("line", { x1: at(from), x2: at(1), y1: 9, y2: 9 }), make("line", { class: "range", x1: at(k.low), x2: at(k.high), y1: 9, y2: 9 }),
        make("rect", { x: at(k.value), y: 5, width: 8, height: 8, transform: "translate(-4 0)" }),
        make("text", { x: at(k.high), y: 13, dx: 8 }, String(Math.round(100 * k.value))));
      return [make("span", {}, label), row];
    });
    const axis = make("svg", { "aria-hidden": "true" }, ...[from, (from + 1) / 2, 1].map((v) => make("text", { class: "axis", x: at(v), y: 13, "text-anchor": "middle" }, String(Math.round(100 * v)))));
    const judged = kinds.map((k) => k.judged).filter((n) => typeof n === "number").map((n) => n.toLocaleString(this.#advice.lang || undefined)).join(" + ");
    return make("div", { class: "inset" }, make("p", {}, make("b", {}, c.weaker ? t.weaker : t.like_this)), make("div", { class: "plot" }, ...rows, make("span"), axis),
      make("p", {}, fill(t.judged, { n: judged })));
  }

  #drawChoices() {
    const t = this.#texts;
    return [this.#bar(), this.#title(t.otherwise, "mark"), make("div", { class: "chips" }, ...this.#against.map((c) => this.#button(this.#label(c), () => this.#pick(c))))];
  }

  #numberForm(words, then) {
    const field = make("input", { type: "number", step: "any", inputmode: "decimal", required: true, id: "n", "aria-label": this.#texts.what_number });
    const take = () => {
      if (field.value === "" || Number.isNaN(Number(field.value))) { field.focus(); return; }
      this.#steps += 1;
      then(Number(field.value));
    };
    field.addEventListener("keydown", (event) => { if (event.key === "Enter") { event.preventDefault(); take(); } });
    return make("div", {}, field, make("button", { type: "button", class: "choice", onclick: take }, words));
  }

  #drawNumber() {
    return [this.#bar(), this.#title(this.#texts.what_number, "mark"), this.#numberForm(this.#texts.next, (n) => this.#pick(n))];
  }

  #drawReasons() {
    const t = this.#texts;
    const choice = this.#label(this.#choice);
    const note = make("input", { type: "text", maxlength: 500, placeholder: t.note, "aria-label": t.note, id: "note" });
    const decide = (reason) => {
      if (note.value.trim()) this.#steps += 1;
      this.#decide(this.#choice, "overridden", reason, note.value.trim());
    };
    return [this.#bar(), this.#title(fill(t.because, { choice }), "mark"), make("p", {}, t.because_how),
      make("div", { class: "chips", role: "group", "aria-label": fill(t.because, { choice }) }, ...this.#order.map((code) => this.#button(text(t.reasons[code] ?? code.replaceAll("_", " "), 80), () => decide(code), { "data-reason": code }))),
      note, this.#button(fill(t.no_reason, { choice }), () => decide(null), { class: "link" }), make("p", { class: "small" }, t.privacy)];
  }

  #drawTerms() {
    const t = this.#texts;
    return [this.#bar(), this.#title(t.what_terms), make("div", { class: "chips" }, ...this.#values(this.#advice.terms).map((c) => this.#button(this.#label(c), () => this.#decide(c, "modified"))))];
  }

  #drawFlag() {
    const t = this.#texts;
    return [this.#bar(), this.#title(t.what_wrong), make("div", { class: "chips" }, ...Object.entries(t.kinds).map(([kind, words]) => this.#button(words, () => this.#flag(kind), { "data-kind": kind })))];
  }

  #drawDecided() {
    const t = this.#texts;
    const { action, choice, reason } = this.#decided;
    const words = { followed: t.done_follow, overridden: t.done_override, modified: t.done_modify }[action];
    let left = UNDO_SECONDS;
    const clock = make("span", {}, fill(t.undo_for, { n: left }));
    const undo = make("p", {}, this.#button(t.undo, () => this.#undo(), { class: "link" }), " ", clock);
    this.#timer = setInterval(() => {
      left -= 1;
      if (left <= 0) { clearInterval(this.#timer); undo.remove(); } else if (left % 5 === 0) clock.textContent = fill(t.undo_for, { n: left });
    }, 1000);
    return [this.#title(fill(words, { choice: this.#label(choice) }), action === "followed" ? "mark round" : "mark"),
      reason ? make("p", {}, fill(t.done_reason, { reason: text(t.reasons[reason] ?? reason, 80).replace(/…$/, "") })) : null, undo, make("p", { class: "small" }, t.outcome)];
  }

  // What the person does

  #act(act) {
    this.#steps += 1;
    act();
  }

  #firstSaid(choice) {
    this.#initial = choice;
    this.#go("advice");
  }

  #pick(choice) {
    this.#choice = choice;
    this.#go("reasons");
  }

  #flag(kind) {
    this.#said = fill(this.#texts.flagged, { kind: this.#texts.kinds[kind].toLowerCase() });
    this.#seen.add("flagged");
    this.#happened("flagged", { kind });
    this.dispatchEvent(new CustomEvent("takeup-flagged", { bubbles: true, composed: true, detail: { kind, steps: this.#steps, events: this.events } }));
    this.#go("advice");
  }

  #decide(choice, action, reason = null, comment = "") {
    this.#saw("summary");
    const seconds = (performance.now() - this.#began) / 1000;
    this.#decided = {
      decision_id: this.#advice.decision_id, choice, action, reason, comment: comment || null, initial_choice: this.#initial,
      steps: this.#steps, duration_s: BUCKETS.find(([end]) => seconds < end)[1],
      reason_order: action === "overridden" ? this.#order : null, events: this.events,
    };
    this.#said = "";
    this.#go("decided");
    this.dispatchEvent(new CustomEvent("takeup-decided", { bubbles: true, composed: true, detail: this.#decided }));
  }

  #undo() {
    const undone = this.#decided;
    this.#decided = null;
    this.#go("advice");
    this.dispatchEvent(new CustomEvent("takeup-undone", { bubbles: true, composed: true, detail: undone }));
  }

  #left() {
    // Whoever comes back has it in view anew.
    if (this.#seen.delete("summary") && !this.#decided) this.#happened("abandoned", {});
  }

  // What records itself

  #observe() {
    this.#watch?.disconnect();
    if (this.#state !== "advice" || this.#seen.has("summary")) return;
    this.#watch = new IntersectionObserver((entries) => {
      if (entries.some((e) => e.isIntersecting)) { this.#watch.disconnect(); this.#saw("summary"); }
    }, { threshold: 0.3 });
    this.#watch.observe(this);
  }

  #saw(kind) {
    if (this.#seen.has(kind)) return;
    this.#seen.add(kind);
    this.#happened("viewed", { kind });
  }

  #happened(name, data) {
    const { decision_id: subject, use_case } = this.#advice;
    if (!subject || !use_case) return;
    const event = { specversion: "1.0", id: crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`, source: "takeup-recommendation",
      type: `takeup.${name}`, subject: text(subject, 200), time: new Date().toISOString(), data: { ...data, use_case: text(use_case, 200) } };
    this.#events.push(event);
    this.#send("events", { method: "POST", body: JSON.stringify(event), keepalive: true }).catch(() => {});
  }

  async #ask() {
    const asked = this.#advice;
    if (this.#state === "nothing" || this.#state === "none") return;
    try {
      const answer = await this.#send("context", { signal: AbortSignal.timeout(CONTEXT_WITHIN) });
      const told = answer?.ok ? await answer.json() : null;
      if (!told || typeof told !== "object" || this.#advice !== asked) return;
      this.#context = told;
      // While somebody looks at a choice of reasons nothing moves under their hand.
      if (this.#state === "advice") {
        const held = this.#root.activeElement?.className;
        this.#go("advice", false);
        if (held) this.#root.querySelector(`.${CSS.escape(held.split(" ")[0])}`)?.focus();
      }
    } catch {
      // takeup is slow, away or wrong: the advice stands without its record.
    }
  }

  async #send(what, options) {
    const { url, token } = this.#advice;
    const base = address(url);
    if (!base || !token) return null;
    return fetch(`${base.replace(/\/$/, "")}/api/v1/component/${what}`, { ...options, mode: "cors", credentials: "omit",
      headers: { Authorization: `Bearer ${text(token, 4000)}`, ...(options.body ? { "Content-Type": "application/cloudevents+json" } : {}) } });
  }
}

if (!customElements.get("takeup-recommendation")) customElements.define("takeup-recommendation", TakeupRecommendation);
