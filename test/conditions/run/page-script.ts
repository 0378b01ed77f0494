/** Sorting, filtering, and the reference in the place of our picture while it is held. */
export const pageScript = `
const main = document.querySelector('main')
const all = [...main.querySelectorAll('article')]
const pick = (id) => document.getElementById(id)
const number = (article, key) => Number(article.dataset[key])
const orders = {
  difference: (a, b) => number(b, 'pixels') - number(a, 'pixels') || number(b, 'mean') - number(a, 'mean') || number(a, 'index') - number(b, 'index'),
  mean: (a, b) => number(b, 'mean') - number(a, 'mean') || number(a, 'index') - number(b, 'index'),
  corpus: (a, b) => number(a, 'index') - number(b, 'index'),
}
function arrange() {
  const [style, model, order] = ['style', 'model', 'order'].map((id) => pick(id).querySelector('[aria-pressed=true]').dataset.value)
  const shown = all.filter(({ dataset }) => (style === '' || dataset.style === style) && (model === '' || dataset.model === model))
  main.replaceChildren(...shown.sort(orders[order]))
  pick('count').textContent = shown.length + ' of ' + all.length + ' pictures'
}
for (const button of document.querySelectorAll('.choice button')) {
  button.addEventListener('click', () => {
    for (const other of button.parentElement.children) other.setAttribute('aria-pressed', other === button)
    arrange()
  })
}
for (const figure of document.querySelectorAll('figure.ours')) {
  const image = figure.querySelector('img')
  const own = image.src
  const swap = (held) => { image.src = held ? figure.parentElement.querySelector('figure.reference img').src : own }
  figure.addEventListener('pointerdown', () => swap(true))
  for (const end of ['pointerup', 'pointerleave', 'pointercancel']) figure.addEventListener(end, () => swap(false))
  image.draggable = false
}
arrange()
`
