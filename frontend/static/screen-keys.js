// In the window of the shared screen: full screen by key and button. All other keys go to the facilitator view, if it is
// open in this browser, so that a clicker works whichever window is in front.
(() => {
  const button = document.querySelector('[data-fullscreen]');
  const channel = window.BroadcastChannel && new BroadcastChannel('three-circles' + location.pathname.replace(/\/screen$/, ''));
  const PASSED_ON = ['ArrowRight', 'ArrowLeft', 'PageDown', 'PageUp', ' ', 'b', '.', 'p', 'w'];

  async function full() {
    try { await (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen()); } catch { /* not allowed here */ }
  }
  if (document.fullscreenEnabled) {
    button.hidden = false;
    button.addEventListener('click', full);
    document.addEventListener('fullscreenchange', () => { button.hidden = Boolean(document.fullscreenElement); });
  }

  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
    if (event.target instanceof Element && event.target.closest('a, button, summary, input') && event.key === ' ') return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (key === 'f') return void full();
    if (!channel || !PASSED_ON.includes(key)) return;
    event.preventDefault();
    channel.postMessage(key);
  });
})();
