// Passkeys: a button asks the server what is to be signed, has the browser sign it, and sends its form with the answer.
// Without this script the other ways to sign in are there; the buttons show themselves only where the browser can do it.
(() => {
  const able = window.PublicKeyCredential && PublicKeyCredential.parseRequestOptionsFromJSON && PublicKeyCredential.prototype.toJSON;
  document.querySelectorAll('form[data-passkey]').forEach((form) => {
    const told = form.querySelector('[data-passkey-told]');
    if (!able) {
      told.textContent = 'This browser cannot use passkeys.';
      return;
    }
    told.textContent = '';
    form.querySelectorAll('[hidden]').forEach((part) => { if (part.tagName !== 'INPUT') part.hidden = false; });
    form.addEventListener('submit', async (event) => {
      if (form.passkey.value) return;
      event.preventDefault();
      try {
        const answer = await fetch(form.dataset.passkey, { method: 'POST' });
        const options = await answer.json();
        if (answer.status === 401 && options.confirm) {
          location.assign(options.confirm);
          return;
        }
        if (!answer.ok) throw new Error(options.detail || '');
        const made = 'makes' in form.dataset
          ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
          : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
        form.passkey.value = JSON.stringify(made.toJSON());
        form.requestSubmit();
      } catch (problem) {
        // The browser has said what it wanted, or the person has stopped: nothing has been sent.
        told.textContent = problem.name === 'InvalidStateError'
          ? 'This device has a passkey for your account already.'
          : 'No passkey was used. Nothing has changed.';
      }
    });
  });
})();
