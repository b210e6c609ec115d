// Questions to oneself: examples to tap and own words become a small card. Nothing leaves the page. Needs private-store.js.
//
//   <div data-soothing="name"> … </div>   as templates/circles/_questions.html writes it; without data-card in it there
//   is no card, and what was chosen only shows where it was chosen.
(() => {
  const MOST = 4;        // of each question, so that the card stays small
  const LONGEST = 80;

  // Outlives the elements: where a live page puts new ones into their place, what was put in is still there.
  //   chosen  prompt: texts on the card, in the order in which they were chosen
  //   own     prompt: texts of one's own, on the card or not
  //   begun   prompt: what stands in its field and was not added yet
  const states = {};
  const nothing = () => ({chosen: {}, own: {}, begun: {}});

  function start(root) {
    if (root.dataset.ready) return;
    root.dataset.ready = 'yes';
    const key = root.dataset.soothing;
    const card = root.querySelector('[data-card]');
    const most = card ? MOST : Infinity;
    let state = (states[key] ??= nothing());
    const prompts = [...root.querySelectorAll('[data-prompt]')];
    let changed = () => {};

    const name = (prompt) => prompt.dataset.prompt;
    const onCard = (prompt) => (state.chosen[name(prompt)] ??= []);
    const ownOf = (prompt) => (state.own[name(prompt)] ??= []);

    const field = (prompt) => prompt.querySelector('[data-own] input');

    function examples(prompt) {
      return [...prompt.querySelectorAll('[data-examples] button')];
    }

    function button(text) {
      const item = document.createElement('li');
      const made = item.appendChild(document.createElement('button'));
      made.type = 'button';
      made.textContent = text;
      return item;
    }

    function showCard() {
      for (const prompt of prompts) {
        const texts = onCard(prompt);
        examples(prompt).forEach((one) => one.setAttribute('aria-pressed', String(texts.includes(one.textContent))));
        if (!card) continue;
        const part = root.querySelector('[data-part="' + name(prompt) + '"]');
        part.hidden = !texts.length;
        part.querySelector('ul').replaceChildren(...texts.map((text) => {
          const item = document.createElement('li');
          item.textContent = text;
          return item;
        }));
      }
      if (card) root.querySelector('[data-empty]').hidden = prompts.some((prompt) => onCard(prompt).length);
    }

    function toggle(prompt, text) {
      const texts = onCard(prompt);
      const tell = (words) => { prompt.querySelector('[data-prompt-said]').textContent = words; };
      if (texts.length >= most && !texts.includes(text)) {
        return tell('The card has room for four answers to each question. Tap one of them again to remove it.');
      }
      if (texts.includes(text)) texts.splice(texts.indexOf(text), 1); else texts.push(text);
      showCard();
      changed();
      const [on, off] = card ? ['Added to the card: ', 'Removed from the card: '] : ['Chosen: ', 'No longer chosen: '];
      tell((texts.includes(text) ? on : off) + text);
    }

    function add(prompt) {
      const input = field(prompt);
      const text = input.value.trim().replace(/\s+/g, ' ');
      if (!text) return input.focus();
      if (!examples(prompt).some((one) => one.textContent === text)) {
        ownOf(prompt).push(text);
        prompt.querySelector('[data-examples]').append(button(text));
      }
      input.value = '';
      delete state.begun[name(prompt)];
      if (onCard(prompt).includes(text)) return changed();
      toggle(prompt, text);
    }

    function blank() {
      for (const prompt of prompts) {
        examples(prompt).filter((one) => ownOf(prompt).includes(one.textContent)).forEach((one) => one.parentElement.remove());
        if (field(prompt)) field(prompt).value = '';
        prompt.querySelector('[data-prompt-said]').textContent = '';
      }
      state = states[key] = nothing();
      showCard();
    }

    // Only what looks like ours comes back out of the storage.
    function show(before) {
      const sound = nothing();
      const texts = (list) => (Array.isArray(list) ? list.filter((text) => typeof text === 'string').map((text) => text.slice(0, LONGEST)) : []);
      for (const prompt of prompts) {
        const own = texts(before.own?.[name(prompt)]);
        const shown = examples(prompt).map((one) => one.textContent);
        prompt.querySelector('[data-examples]').append(...own.filter((text) => !shown.includes(text)).map(button));
        const there = examples(prompt).map((one) => one.textContent);
        sound.own[name(prompt)] = own;
        sound.chosen[name(prompt)] = texts(before.chosen?.[name(prompt)]).filter((text) => there.includes(text)).slice(0, most);
        sound.begun[name(prompt)] = texts([before.begun?.[name(prompt)] ?? ''])[0] ?? '';
        if (field(prompt)) field(prompt).value = sound.begun[name(prompt)];
      }
      state = states[key] = sound;
      showCard();
    }

    function draw(pen) {
      pen.text(card.querySelector('h2').textContent, {size: 40, weight: 700});
      pen.space(20);
      for (const prompt of prompts.filter((one) => onCard(one).length)) {
        pen.text(prompt.querySelector('h2').textContent, {size: 26, weight: 600, ink: '--ink-2'});
        pen.space(6);
        onCard(prompt).forEach((text) => { pen.text(text, {size: 30, indent: 4}); pen.space(6); });
        pen.space(24);
      }
      const ending = card.querySelector('[data-ending]');
      if (ending) pen.text(ending.textContent, {size: 24, ink: '--ink-2'});
    }

    for (const prompt of prompts) {
      prompt.querySelectorAll('[data-examples] li').forEach((item) => item.replaceWith(button(item.textContent)));
      prompt.querySelector('[data-examples]').addEventListener('click', (event) => {
        const pressed = event.target.closest('button');
        if (pressed) toggle(prompt, pressed.textContent);
      });
      if (!field(prompt)) continue;
      prompt.querySelector('[data-own]').hidden = false;
      field(prompt).addEventListener('input', () => { state.begun[name(prompt)] = field(prompt).value; changed(); });
      prompt.querySelector('[data-own] button').addEventListener('click', () => add(prompt));
      field(prompt).addEventListener('keydown', (event) => {
        if (event.key === 'Enter' && !event.isComposing) { event.preventDefault(); add(prompt); }
      });
    }
    // What was written and not yet added goes along, too.
    const gather = () => prompts.filter((prompt) => field(prompt)?.value.trim()).forEach(add);
    root.addEventListener('click', (event) => { if (event.target.closest('[data-save], [data-print], [data-keep]')) gather(); }, true);

    window.addEventListener('beforeprint', () => { if (root.isConnected) gather(); });

    show(state);
    changed = window.here.attach(root, {
      key: 'three-circles:' + key, read: () => state, show, blank, draw, picture: 'my-card.png',
    });
    root.querySelector('[data-side]').hidden = false;
  }

  const startAll = () => document.querySelectorAll('[data-soothing]').forEach(start);
  document.addEventListener('htmx:after:settle', startAll);
  document.addEventListener('live:replaced', startAll);
  startAll();
})();
