// Searches the help in the browser: `make docs` writes its sections into one file, which is fetched at the first letter.
(() => {
  const form = document.querySelector('[data-search]');
  if (!form) return;
  const box = form.querySelector('input'), list = form.querySelector('ul'), said = form.querySelector('[role=status]');
  const MOST = 8, AROUND = 90;
  let sections;
  form.hidden = false;

  const load = () => sections ??= fetch('/help/search.json', {headers: {Accept: 'application/json'}})
    .then((answer) => answer.ok ? answer.json() : Promise.reject(new Error()))
    .then((read) => read.docs.filter(({location}) => !location.startsWith('decisions/')))
    .catch(() => { sections = undefined; return Promise.reject(new Error()); });

  const excerpt = (text, word) => {
    const at = Math.max(0, text.toLowerCase().indexOf(word));
    const from = Math.max(0, text.lastIndexOf(' ', Math.max(0, at - AROUND / 2)) + 1);
    return (from ? '… ' : '') + text.slice(from, from + AROUND).trim() + (from + AROUND < text.length ? ' …' : '');
  };

  const show = async () => {
    const words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
    if (!words.length || box.value.trim().length < 2) {
      list.replaceChildren();
      said.textContent = '';
      return;
    }
    const asked = box.value;
    let found;
    try {
      found = (await load()).map((section) => ({...section, all: (section.title + ' ' + section.text).toLowerCase()}));
    } catch {
      said.textContent = 'We cannot search at the moment. Please try again.';
      return;
    }
    if (box.value !== asked) return;   // something else has been typed meanwhile
    found = found.filter(({all}) => words.every((word) => all.includes(word)));
    const titled = ({title}) => words.some((word) => title.toLowerCase().includes(word));
    found.sort((one, other) => titled(other) - titled(one));
    said.textContent = !found.length ? 'Nothing found. Try another word.' : found.length === 1 ? '1 result' : found.length + ' results' + (found.length > MOST ? `, the first ${MOST} below` : '');
    list.replaceChildren(...found.slice(0, MOST).map(({location, title, text}) => {
      const item = document.createElement('li'), link = document.createElement('a'), line = document.createElement('small');
      link.href = '/help/' + location;
      link.textContent = title;
      line.textContent = excerpt(text, words.find((word) => text.toLowerCase().includes(word)) ?? '');
      item.append(link, line);
      return item;
    }));
  };

  form.addEventListener('submit', (event) => { event.preventDefault(); show(); });
  box.addEventListener('input', show);
})();
