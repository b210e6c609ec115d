// On the pages that follow a group: what was only for the time of the group goes with it. What was kept stays.
(() => {
  try {
    for (const key of Object.keys(window.sessionStorage)) if (key.startsWith('three-circles:')) window.sessionStorage.removeItem(key);
  } catch { /* storage is switched off, so there is nothing */ }
})();
