// Marks on plain text: reading and writing `[words]{.system.cue}`, and following the words while the text is edited.
// Places are [start, end) in the text; marks stand side by side within a paragraph and never cross.
window.Marks = (() => {
  const SPAN = /\[([^[\]]*)\]\{\s*\.([\w.]+)([^{}]*)\}/g;
  const letter = (character) => /[\p{L}\p{N}’']/u.test(character || '');

  // {text, marks}, or null when there is a bracket that belongs to no mark.
  function parse(source, known) {
    const marks = [];
    let text = '', position = 0;
    for (const found of source.matchAll(SPAN)) {
      const [whole, words, type, rest] = found;
      const options = Object.fromEntries([...rest.matchAll(/(\w+)=(\w+)/g)].map((pair) => [pair[1], pair[2]]));
      const {strength = 'clear', polarity = 'present', ...more} = options;
      const odd = rest.replace(/(\w+)=(\w+)/g, '').trim() || Object.keys(more).length;
      if (odd || !known.has(type) || !['clear', 'partial'].includes(strength) || !['present', 'absent'].includes(polarity)) return null;
      text += source.slice(position, found.index);
      const start = text.length;
      text += words;
      marks.push({start, end: text.length, type, strength, polarity});
      position = found.index + whole.length;
    }
    text += source.slice(position);
    return /[[\]]/.test(text) ? null : {text, marks: tidy(text, marks)};
  }

  function write(text, marks) {
    let source = '', position = 0;
    for (const mark of tidy(text, marks.map((each) => ({...each, open: false})))) {
      const strength = mark.strength === 'clear' ? '' : ' strength=' + mark.strength;
      const polarity = mark.polarity === 'present' ? '' : ' polarity=' + mark.polarity;
      source += text.slice(position, mark.start) + '[' + text.slice(mark.start, mark.end) + ']{.' + mark.type + strength + polarity + '}';
      position = mark.end;
    }
    return source + text.slice(position);
  }

  // Ends on words, stays within a paragraph, and goes when its words have gone.
  function tidy(text, marks) {
    const kept = [];
    for (const mark of marks) {
      let {start, end} = mark;
      while (start < end && /\s/.test(text[start])) start += 1;
      const line = text.slice(start, end).search(/\n/);
      if (line >= 0) end = start + line;
      while (!mark.open && end > start && /\s/.test(text[end - 1])) end -= 1;
      if (text.slice(start, end).trim()) kept.push({...mark, start, end});
    }
    return kept.sort((one, other) => one.start - other.start);
  }

  // The marks after an edit that ended with the caret at `caret`.
  function follow(before, after, caret, marks) {
    let tail = after.length - caret;
    if (tail > before.length || before.slice(before.length - tail) !== after.slice(caret)) {
      tail = 0;
      const most = Math.min(before.length, after.length);
      while (tail < most && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail += 1;
    }
    const most = Math.min(before.length, after.length) - tail;
    let start = 0;
    while (start < most && before[start] === after[start]) start += 1;
    const gone = before.length - tail, come = after.length - tail, grown = after.length - before.length;
    const moved = [];
    for (const mark of marks) {
      const {start: a, end: b} = mark;
      if (start === gone && start === b) {
        // Typing on at the end of a marked word makes that word longer; a new word is not marked, unless the end of
        // the mark was just taken away and is being written anew.
        const more = mark.open ? /[^.,;:!?…\n]/u : /[\p{L}\p{N}’']/u;
        let end = b;
        if (mark.open || letter(after[b - 1])) while (end < come && more.test(after[end])) end += 1;
        moved.push({...mark, end, open: mark.open && end === come});
      } else if (b <= start) moved.push({...mark, open: false});
      else if (a >= gone) moved.push({...mark, start: a + grown, end: b + grown, open: false});
      else if (a <= start && gone <= b) moved.push({...mark, end: b + grown, open: gone === b && start > a});
      else if (a > start && gone < b) moved.push({...mark, start: come, end: b + grown, open: false});
      else if (a < start) moved.push({...mark, end: start, open: false});
    }
    return tidy(after, moved);
  }

  // The whole words between two places: {start, end}, or {reason} with the mark that is in the way.
  function reach(text, marks, start, end) {
    while (start < end && /\s/.test(text[start])) start += 1;
    while (end > start && /\s/.test(text[end - 1])) end -= 1;
    if (start >= end) return {reason: 'empty'};
    while (start > 0 && letter(text[start]) && letter(text[start - 1])) start -= 1;
    while (end < text.length && letter(text[end - 1]) && letter(text[end])) end += 1;
    if (text.slice(start, end).includes('\n')) return {reason: 'paragraph'};
    const same = marks.find((mark) => mark.start === start && mark.end === end);
    const other = marks.find((mark) => mark !== same && mark.start < end && start < mark.end);
    return other ? {reason: 'taken', other} : {start, end, same};
  }

  return {parse, write, follow, reach};
})();
