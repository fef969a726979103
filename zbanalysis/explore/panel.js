// Names sliders and numbers by their labels, which ipywidgets tells no screen reader, and shows in the number
// what a slider stands on while it is dragged; the question is put on letting go.
if (!window.zbPanel) {
  const named = () => {
    for (const one of document.querySelectorAll('.zb-panel .noUi-handle, .zb-panel input[type=number]')) {
      const row = one.closest('.zb-named') || one.closest('.widget-inline-hbox');
      const words = row && row.querySelector('.widget-label').textContent;
      if (words && one.getAttribute('aria-label') !== words) one.setAttribute('aria-label', words);
      const number = row && one.classList.contains('noUi-active') && row.querySelector('input[type=number]');
      if (number) number.value = Number(Number(one.getAttribute('aria-valuetext')).toPrecision(12));
    }
  };
  window.zbPanel = new MutationObserver(named);
  const seen = {subtree: true, childList: true, attributes: true, attributeFilter: ['aria-valuetext']};
  window.zbPanel.observe(document.body, seen);
  named();
}
