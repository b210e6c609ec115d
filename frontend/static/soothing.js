// Building soothing: examples to tap and own words become a small card. Nothing leaves the page. Needs here.js.
(() => {
  const MOST = 4;        // of each question, so that the card stays small
  const LONGEST = 80;

  // Outlives the elements: where a live page puts new ones into their place, the card is still there.
  let chosen = {};       // prompt: texts on the card, in the order in which they were chosen
  let own = {};          // prompt: texts of one's own, on the card or not

  function start(root) {
    if (root.dataset.ready) return;
    root.dataset.ready = 'yes';
    const prompts = [...root.querySelectorAll('[data-prompt]')];
    let changed = () => {};

    const name = (prompt) => prompt.dataset.prompt;
    const onCard = (prompt) => (chosen[name(prompt)] ??= []);
    const ownOf = (prompt) => (own[name(prompt)] ??= []);

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
        const part = root.querySelector('[data-part="' + name(prompt) + '"]');
        const texts = onCard(prompt);
        part.hidden = !texts.length;
        part.querySelector('ul').replaceChildren(...texts.map((text) => {
          const item = document.createElement('li');
          item.textContent = text;
          return item;
        }));
        examples(prompt).forEach((one) => one.setAttribute('aria-pressed', String(texts.includes(one.textContent))));
      }
      root.querySelector('[data-empty]').hidden = prompts.some((prompt) => onCard(prompt).length);
    }

    function toggle(prompt, text) {
      const texts = onCard(prompt);
      const tell = (words) => { prompt.querySelector('[data-prompt-said]').textContent = words; };
      if (texts.length >= MOST && !texts.includes(text)) {
        return tell('The card has room for four from each question. Tap one of them again to take it off.');
      }
      if (texts.includes(text)) texts.splice(texts.indexOf(text), 1); else texts.push(text);
      showCard();
      changed();
      tell(texts.includes(text) ? 'On the card: ' + text : 'Taken off: ' + text);
    }

    function add(prompt) {
      const input = prompt.querySelector('input');
      const text = input.value.trim().replace(/\s+/g, ' ');
      if (!text) return input.focus();
      if (!examples(prompt).some((one) => one.textContent === text)) {
        ownOf(prompt).push(text);
        prompt.querySelector('[data-examples]').append(button(text));
      }
      input.value = '';
      if (onCard(prompt).includes(text)) return;
      toggle(prompt, text);
    }

    function blank() {
      for (const prompt of prompts) {
        examples(prompt).filter((one) => ownOf(prompt).includes(one.textContent)).forEach((one) => one.parentElement.remove());
        prompt.querySelector('input').value = '';
        prompt.querySelector('[data-prompt-said]').textContent = '';
      }
      [chosen, own] = [{}, {}];
      showCard();
    }

    // Only what looks like ours comes back out of the storage.
    function show(state) {
      const texts = (list) => (Array.isArray(list) ? list.filter((text) => typeof text === 'string').map((text) => text.slice(0, LONGEST)) : []);
      for (const prompt of prompts) {
        own[name(prompt)] = texts(state.own?.[name(prompt)]);
        const before = examples(prompt).map((one) => one.textContent);
        prompt.querySelector('[data-examples]').append(...own[name(prompt)].filter((text) => !before.includes(text)).map(button));
        const there = examples(prompt).map((one) => one.textContent);
        chosen[name(prompt)] = texts(state.chosen?.[name(prompt)]).filter((text) => there.includes(text)).slice(0, MOST);
      }
      showCard();
    }

    function draw(pen) {
      pen.text('My card', {size: 40, weight: 700});
      pen.space(20);
      for (const prompt of prompts.filter((one) => onCard(one).length)) {
        pen.text(prompt.querySelector('h2').textContent, {size: 26, weight: 600, ink: '--ink-2'});
        pen.space(6);
        onCard(prompt).forEach((text) => { pen.text(text, {size: 30, indent: 4}); pen.space(6); });
        pen.space(24);
      }
    }

    for (const prompt of prompts) {
      prompt.querySelectorAll('[data-examples] li').forEach((item) => item.replaceWith(button(item.textContent)));
      prompt.querySelector('[data-examples]').addEventListener('click', (event) => {
        const pressed = event.target.closest('button');
        if (pressed) toggle(prompt, pressed.textContent);
      });
      prompt.querySelector('[data-own]').hidden = false;
      prompt.querySelector('[data-own] button').addEventListener('click', () => add(prompt));
      prompt.querySelector('[data-own] input').addEventListener('keydown', (event) => {
        if (event.key === 'Enter' && !event.isComposing) { event.preventDefault(); add(prompt); }
      });
    }
    // What was written and not yet added goes along, too.
    const gather = () => prompts.filter((prompt) => prompt.querySelector('input').value.trim()).forEach(add);
    root.addEventListener('click', (event) => { if (event.target.closest('[data-save], [data-print], [data-keep]')) gather(); }, true);

    show({chosen, own});
    changed = window.here.attach(root, {
      key: 'three-circles:soothing', read: () => ({chosen, own}), show, blank, draw, picture: 'my-card.png',
    });
    root.querySelector('[data-side]').hidden = false;
  }

  const startAll = () => document.querySelectorAll('[data-soothing]').forEach(start);
  document.addEventListener('htmx:after:settle', startAll);
  document.addEventListener('live:replaced', startAll);
  startAll();
})();
