// What people keep to themselves: it lives in this page's memory and ends with it. Only “Keep on this device” writes it
// to the browser's own storage, and nothing in these files can send.
//
// Within a group (data-group on the root: its code) it outlasts the page, in the tab's own storage, until the group is
// left or over: a reload must not lose it, and the page to take home is another page.
//
//   window.here.attach(root, {key, read, show, blank, draw, picture})
//     root     holds the buttons of templates/circles/_here.html; those for saving and printing may be missing
//     key      the name in the storage
//     read()   the state as it stands; show(state) puts a kept one back; blank() empties the page
//     draw(pen), picture   the picture to save, and its file's name
//   returns changed(), to be called after every change.
//   window.here.recall(key, group)   what is there under a key, kept or of this group; null if nothing
window.here = (() => {
  const WIDE = 720;
  const SHARP = 2;
  const EDGE = 48;

  // A pen that goes down a page. Used twice: without paint to learn how long the picture is, then with it.
  function pen(paint, root) {
    const style = getComputedStyle(root);
    const colour = (name) => style.getPropertyValue(name).trim();
    const family = getComputedStyle(document.body).fontFamily;
    const at = {y: EDGE};
    return {
      at, colour, paint,
      space(height) { at.y += height; },
      text(words, {size = 26, weight = 400, ink = '--ink', indent = 0} = {}) {
        paint.font = weight + ' ' + size + 'px ' + family;
        paint.fillStyle = colour(ink);
        paint.textBaseline = 'top';
        paint.textAlign = 'left';
        let line = '';
        const put = () => { paint.fillText(line, EDGE + indent, at.y); at.y += size * 1.35; };
        for (const word of words.split(/\s+/)) {
          const longer = line ? line + ' ' + word : word;
          if (line && paint.measureText(longer).width > WIDE - 2 * EDGE - indent) { put(); line = word; } else line = longer;
        }
        put();
      },
      part(height, drawing) {
        paint.save();
        paint.translate(WIDE / 2, at.y);
        drawing(paint);
        paint.restore();
        at.y += height;
      },
    };
  }

  function canvas(height) {
    const made = document.createElement('canvas');
    made.width = WIDE * SHARP;
    made.height = Math.ceil(height) * SHARP;
    const paint = made.getContext('2d');
    paint.scale(SHARP, SHARP);
    return {made, paint};
  }

  async function save(root, draw, name) {
    await document.fonts.ready;
    const trial = pen(canvas(1).paint, root);
    draw(trial);
    const {made, paint} = canvas(trial.at.y + EDGE);
    const real = pen(paint, root);
    paint.fillStyle = real.colour('--card');
    paint.fillRect(0, 0, WIDE, trial.at.y + EDGE);
    draw(real);
    const blob = await new Promise((done) => made.toBlob(done, 'image/png'));
    const shared = await share(new File([blob], name, {type: 'image/png'}));
    if (shared) return shared;
    const link = document.createElement('a');
    link.href = URL.createObjectURL(blob);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
    return 'Look for the picture in your downloads.';
  }

  // A phone asks where the picture is to go: within an app's own browser a download often does nothing.
  async function share(file) {
    if (!matchMedia('(pointer: coarse)').matches || !navigator.canShare?.({files: [file]})) return '';
    try {
      await navigator.share({files: [file]});
      return 'The picture is where you chose to put it.';
    } catch (problem) {
      return problem.name === 'AbortError' ? 'The picture was not saved.' : '';   // not allowed here: then as a download
    }
  }

  // Storage may be switched off, or full.
  function stored(work) {
    try { return work(window.localStorage); } catch { return undefined; }
  }

  // The tab's own storage, for the time of one group.
  const OWNER = 'three-circles:group';
  function inTab(work) {
    try { return work(window.sessionStorage); } catch { return undefined; }
  }
  const forget = () => inTab((tab) => Object.keys(tab).filter((key) => key.startsWith('three-circles:')).forEach((key) => tab.removeItem(key)));
  const isOwner = (group) => inTab((tab) => tab.getItem(OWNER)) === group;
  function claim(group) {
    if (isOwner(group)) return;
    forget();
    inTab((tab) => tab.setItem(OWNER, group));
  }

  function recall(key, group) {
    const text = stored((storage) => storage.getItem(key)) ?? (group && isOwner(group) ? inTab((tab) => tab.getItem(key)) : null);
    try {
      const state = JSON.parse(text ?? 'null');
      return state && typeof state === 'object' ? state : null;
    } catch { return null; /* not ours */ }
  }

  function attach(root, {key, read, show, blank, draw, picture}) {
    const find = (what) => root.querySelector('[data-' + what + ']');
    const keep = find('keep');
    const group = root.dataset.group;
    let kept = stored((storage) => storage.getItem(key)) != null;
    if (group) claim(group);
    const say = (words) => { find('said').textContent = words; };

    function setKept(now) {
      kept = now;
      keep.setAttribute('aria-pressed', String(now));
    }
    const write = () => stored((storage) => { storage.setItem(key, JSON.stringify(read())); return true; });
    const note = () => { if (group && isOwner(group)) inTab((tab) => tab.setItem(key, JSON.stringify(read()))); };

    keep.addEventListener('click', () => {
      if (kept) {
        stored((storage) => storage.removeItem(key));
        setKept(false);
        say('No longer saved on this device. Everything here is deleted when you leave ' + (group ? 'the group.' : 'this page.'));
      } else if (write()) {
        setKept(true);
        say('Saved on this device. Any changes will be saved too. Press again to stop saving.');
      } else say('Your browser will not let us save this. You can print it or save a picture.');
    });
    find('save')?.addEventListener('click', async () => {
      say('Making the picture …');
      say(await save(root, draw, picture));
    });
    find('clear').addEventListener('click', () => {
      stored((storage) => storage.removeItem(key));
      if (group) inTab((tab) => tab.removeItem(key));
      setKept(false);
      blank();
      find('clear').closest('details').open = false;
      find('clear').closest('details').querySelector('summary').focus();
      say('Everything here has been deleted.');
    });
    // Otherwise the way back in the browser would bring up what has ended.
    window.addEventListener('pagehide', () => { if (root.isConnected && !kept && !group) blank(); });
    window.addEventListener('pageshow', (event) => { if (event.persisted && root.isConnected && !kept && group && !isOwner(group)) blank(); });

    const before = recall(key, group);
    if (before) show(before);
    setKept(kept);
    if (before && kept) say('This was saved on this device. Press “Delete everything” to remove it.');
    return () => {
      note();
      if (kept) write(); else say('');
    };
  }

  // Leaving the group ends what was only for its time.
  document.addEventListener('submit', (event) => {
    if (event.target instanceof HTMLFormElement && event.target.method === 'post' && /\/g\/[^/]+\/leave$/.test(event.target.action)) forget();
  });

  function startPrinting() {
    document.querySelectorAll('button[data-print]:not([data-ready])').forEach((button) => {
      button.dataset.ready = 'yes';
      button.hidden = false;
      button.addEventListener('click', () => window.print());
    });
  }
  document.addEventListener('htmx:after:settle', startPrinting);
  document.addEventListener('live:replaced', startPrinting);
  startPrinting();

  return {attach, recall};
})();
