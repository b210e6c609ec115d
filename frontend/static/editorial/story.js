// Writing the story: plain text with marks that are chosen, not typed. The form's own field holds the marked text.
(() => {
  const writer = document.querySelector('[data-writer]');
  if (!writer) return;
  const one = (name) => writer.querySelector('[data-' + name + ']');
  const field = document.getElementById('f-story');
  const plain = document.querySelector('[data-plain]');
  const [text, paper, panel, list, said, from, to] = ['text', 'paper', 'cues', 'marks', 'said', 'from', 'to'].map(one);
  const options = [...panel.querySelectorAll('[data-cue]')];
  const label = new Map(options.map((option) => [option.dataset.cue, option.textContent]));
  const mac = /Mac|iPhone|iPad/.test(navigator.platform);
  let marks = [], before = '', chosen = null;
  const past = new Map();   // text -> marks, so that undoing an edit brings back what was marked

  const quote = (mark) => before.slice(mark.start, mark.end).trim();
  const system = (mark) => mark.type.split('.')[0];

  // The group at which choosing begins: the biggest system's, or while none is chosen the middle one.
  const likely = () => document.querySelector('[name=dominant]:checked')?.value ?? 'drive';

  function say(words) { said.textContent = words; }

  function load() {
    const found = Marks.parse(field.value, label);
    writer.hidden = !found;
    plain.hidden = !!found;
    if (!found) return;   // an odd bracket: the marked text itself is edited until it is mended
    text.value = found.text;
    before = text.value;
    marks = found.marks;
    show();
  }

  function changed() {
    field.value = Marks.write(before, marks);
    show();
    field.dispatchEvent(new Event('input', {bubbles: true}));
  }

  function show() {
    past.set(before, marks);
    paint();
    rows();
    words();
  }

  function paint() {
    const pieces = [];
    let position = 0;
    for (const mark of marks) {
      const words = document.createElement('mark');
      words.className = system(mark) + (mark.polarity === 'absent' ? ' absent' : '');
      words.textContent = before.slice(mark.start, mark.end);
      pieces.push(before.slice(position, mark.start), words);
      position = mark.end;
    }
    paper.replaceChildren(...pieces, before.slice(position) + '\n');
  }

  function rows() {
    const row = one('row').content.firstElementChild;
    while (list.children.length > marks.length) list.lastElementChild.remove();
    while (list.children.length < marks.length) list.append(row.cloneNode(true));
    marks.forEach((mark, place) => {
      const item = list.children[place];
      const words = '“' + quote(mark) + '”';
      item.className = 'mark ' + system(mark) + (mark.polarity === 'absent' ? ' absent' : '');
      item.querySelector('.n').textContent = place + 1;
      item.querySelector('[data-quote]').textContent = words;
      for (const part of item.querySelectorAll('[data-part]')) part.value = mark[part.dataset.part];
      item.querySelector('[data-part=type]').setAttribute('aria-label', 'What ' + words + ' shows');
      item.querySelector('[data-part=strength]').setAttribute('aria-label', 'How clear ' + words + ' is');
      item.querySelector('[data-part=polarity]').setAttribute('aria-label', 'Whether this is there or missing in ' + words);
      item.querySelector('[data-remove]').setAttribute('aria-label', 'Remove the mark on ' + words);
    });
    one('none').hidden = marks.length > 0;
  }

  // For marking without a selection: every word with its place.
  function words() {
    if (!one('from').closest('details').open) return;
    const found = [...before.matchAll(/\S+/g)];
    for (const menu of [from, to]) {
      const was = menu.selectedIndex;
      menu.replaceChildren(...found.map((word, place) => new Option((place + 1) + ' ' + word[0], menu === from ? word.index : word.index + word[0].length)));
      menu.selectedIndex = Math.max(0, Math.min(was, found.length - 1));
    }
  }

  // `only` shows the signs of one system; without it all are shown, from `wanted` on.
  function open(start, end, wanted, only) {
    const found = Marks.reach(before, marks, start, end);
    if (found.reason) {
      close(false);
      if (found.reason === 'empty') say('Select some words in the story first, or choose them under “Mark words without selecting”.');
      if (found.reason === 'paragraph') say('A mark cannot cross paragraphs. Mark the words in each paragraph separately.');
      if (found.reason === 'taken') say('Marks cannot overlap. “' + quote(found.other) + '” is already marked. Change or remove that mark first.');
      return text.focus();
    }
    chosen = found;
    say('');
    one('words').textContent = before.slice(found.start, found.end);
    if (only) panel.dataset.only = only;
    else delete panel.dataset.only;
    panel.hidden = false;
    for (const button of writer.querySelectorAll('[data-open]')) button.setAttribute('aria-expanded', String(button.dataset.open === only));
    const there = shown();
    const first = there.find((option) => option.dataset.cue === found.same?.type) || there.find((option) => option.dataset.cue.startsWith(wanted));
    first.focus({preventScroll: true});
    panel.scrollIntoView({block: 'nearest'});
  }

  const shown = () => options.filter((option) => option.dataset.cue.startsWith(panel.dataset.only || ''));

  function close(back = true) {
    panel.hidden = true;
    for (const button of writer.querySelectorAll('[data-open]')) button.setAttribute('aria-expanded', 'false');
    if (back && chosen) {
      text.focus();
      text.setSelectionRange(chosen.end, chosen.end);
    }
    chosen = null;
  }

  function take(option) {
    const {start, end, same} = chosen;
    const mark = {strength: 'clear', polarity: 'present', ...same, start, end, type: option.dataset.cue};
    marks = [...marks.filter((each) => each !== same), mark].sort((a, b) => a.start - b.start);
    close();
    changed();
    say('“' + quote(mark) + '” is marked: ' + label.get(mark.type) + '.');
  }

  text.addEventListener('beforeinput', (event) => {
    if (event.inputType !== 'insertText' || !/^[[\]]$/.test(event.data || '')) return;
    event.preventDefault();
    document.execCommand('insertText', false, event.data === '[' ? '(' : ')');   // the one way that undo knows of
    say('Square brackets are used for marking words, so we changed yours to round ones.');
  });

  text.addEventListener('input', (event) => {
    const after = text.value;
    const lost = marks.length;
    if (/^history/.test(event.inputType || '') && past.has(after)) marks = past.get(after);
    else marks = Marks.follow(before, after, text.selectionEnd, marks);
    before = after;
    if (/[[\]]/.test(after)) {   // pasted: marked text is taken with its marks, other brackets become round
      const pasted = Marks.parse(Marks.write(after, marks), label);
      const caret = text.selectionEnd;
      before = pasted ? pasted.text : after.replaceAll('[', '(').replaceAll(']', ')');
      marks = pasted ? pasted.marks : marks;
      text.value = before;
      text.setSelectionRange(caret, caret);
    }
    if (marks.length < lost) say('You deleted marked words, so their mark was removed. Use undo to restore both.');
    changed();
  });

  document.addEventListener('keydown', (event) => {
    if (event.target !== text || event.key.toLowerCase() !== 'k' || event.altKey || event.shiftKey || !(mac ? event.metaKey : event.ctrlKey)) return;
    event.preventDefault();
    open(text.selectionStart, text.selectionEnd, likely());
  });

  panel.addEventListener('keydown', (event) => {
    const there = shown();
    const at = there.indexOf(document.activeElement);
    if (event.key === 'Escape') { event.preventDefault(); return close(); }
    if (at < 0) return;
    const groups = ['threat', 'drive', 'soothing'];
    const group = groups.indexOf(there[at].dataset.cue.split('.')[0]);
    const beside = (step) => there.find((option) => option.dataset.cue.startsWith(groups[(group + step + 3) % 3]));
    const next = {
      ArrowDown: there[(at + 1) % there.length], ArrowUp: there[(at - 1 + there.length) % there.length],
      ArrowRight: beside(1), ArrowLeft: beside(-1), Home: there[0], End: there.at(-1),
    }[event.key];
    const typed = event.key.length === 1 && /\p{L}/u.test(event.key) && !event.ctrlKey && !event.metaKey;
    const named = typed && [...there.slice(at + 1), ...there.slice(0, at + 1)].find((option) => option.textContent.startsWith(event.key.toLowerCase()));
    if (event.key === 'Enter' || event.key === ' ') { event.preventDefault(); take(there[at]); }
    else if (next || named) { event.preventDefault(); (next || named).focus(); }
  });

  panel.addEventListener('focusin', () => {
    for (const option of options) option.setAttribute('aria-selected', String(option === document.activeElement));
  });

  writer.addEventListener('click', (event) => {
    const on = (selector) => event.target.closest(selector);
    if (on('[data-open]')) {
      const {open: wanted} = on('[data-open]').dataset;
      open(text.selectionStart, text.selectionEnd, wanted, wanted);
    }
    else if (on('[data-cue]') && chosen) take(on('[data-cue]'));
    else if (on('[data-close]')) close();
    else if (on('[data-take]')) open(Number(from.value), Number(to.value), likely());
    else if (on('[data-remove]')) {
      const place = [...list.children].indexOf(on('li'));
      const words = quote(marks[place]);
      marks = marks.filter((_, other) => other !== place);
      changed();
      say('“' + words + '” is no longer marked.');
      (list.children[Math.min(place, marks.length - 1)]?.querySelector('[data-remove]') || text).focus();
    }
  });

  list.addEventListener('change', (event) => {
    event.stopPropagation();
    const place = [...list.children].indexOf(event.target.closest('li'));
    marks = marks.map((mark, other) => (other === place ? {...mark, [event.target.dataset.part]: event.target.value} : mark));
    changed();
  });

  for (const inner of [text, list, from, to]) inner.addEventListener('input', (event) => event.stopPropagation());
  from.addEventListener('change', () => { if (to.selectedIndex < from.selectedIndex) to.selectedIndex = from.selectedIndex; });
  from.closest('details').addEventListener('toggle', words);
  document.addEventListener('editor:restored', load);
  if (mac) writer.querySelector('[data-key]').textContent = '⌘ K';
  load();
})();

// Another biggest system takes the largest circle along, where the old one had it.
document.addEventListener('change', (event) => {
  if (!event.target.matches('[data-editor] [name=dominant]')) return;
  const form = event.target.form;
  const size = (system) => [form.elements[system + '_low'], form.elements[system + '_high']];
  const sum = (system) => size(system).reduce((total, field) => total + Number(field.value), 0);
  const biggest = ['threat', 'drive', 'soothing'].reduce((one, other) => (sum(other) > sum(one) ? other : one));
  const [low, high] = size(biggest), [newLow, newHigh] = size(event.target.value);
  [low.value, newLow.value] = [newLow.value, low.value];
  [high.value, newHigh.value] = [newHigh.value, high.value];
  const ticked = form.querySelectorAll('[name=acceptable]:checked');
  if (ticked.length) form.querySelector('[name=acceptable][value=' + event.target.value + ']').checked = true;
});
