// A button that copies a field, where the browser lets pages copy; elsewhere the field can be marked and copied by hand.
document.querySelectorAll('[data-copies]').forEach((button) => {
  if (!navigator.clipboard) return;
  const field = document.getElementById(button.dataset.copies);
  button.hidden = false;
  button.addEventListener('click', async () => {
    field.select();
    await navigator.clipboard.writeText(field.value);
    document.querySelector('[data-copied]').textContent = 'Copied.';
  });
});
