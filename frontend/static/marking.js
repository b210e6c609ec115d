// A phrase is marked by tapping its first and its last word: what stands between them in the same sentence is marked too,
// and can be taken back with one tap. By keyboard, and without this, words are marked one by one.
(() => {
  const MOST = 12;      // words between the two
  const TAP = 1000;     // milliseconds between a finger and what it changed
  let last = null;
  let touched = -TAP;

  const box = (word) => word.querySelector('input');
  const text = (word) => word.querySelector('span').textContent;
  const endsSentence = (word) => /[.!?]/.test(word.textContent);

  function say(root, words, undo) {
    const place = root.parentElement.querySelector('[data-filled]');
    if (!place) return;
    place.replaceChildren();
    if (!words) return;
    place.append('Marked from “' + text(words[0]) + '” to “' + text(words.at(-1)) + '”. ');
    const button = place.appendChild(document.createElement('button'));
    button.type = 'button';
    button.className = 'linklike';
    button.textContent = 'Only these two words';
    button.addEventListener('click', () => { undo(); place.replaceChildren(); });
  }

  function set(words, checked) {
    for (const word of words) box(word).checked = checked;
    if (words.length) box(words[0]).dispatchEvent(new Event('input', {bubbles: true}));
  }

  document.addEventListener('pointerdown', (event) => { if (event.target.closest?.('label.w')) touched = performance.now(); }, true);
  document.addEventListener('change', (event) => {
    const word = event.target.closest?.('label.w');
    if (!word) return;
    const root = word.closest('.words');
    say(root, null);
    if (!box(word).checked || performance.now() - touched > TAP) { last = null; return; }
    const all = [...word.parentElement.querySelectorAll('label.w')];
    const [from, to] = [all.indexOf(last), all.indexOf(word)].sort((a, b) => a - b);
    const between = from < 0 ? [] : all.slice(from + 1, to);
    last = word;
    if (!between.length || between.length > MOST || between.some((one) => box(one).checked) || [all[from], ...between].some(endsSentence)) return;
    set(between, true);
    last = null;
    say(root, [all[from], ...between, all[to]], () => set(between, false));
  });
})();
