() => { // Search inside an opened article: what is found is painted, the text stays as it is.
    let found = [], at = 0
    const paint = () => {
        CSS.highlights?.set('found', new Highlight(...found))
        CSS.highlights?.set('found-now', new Highlight(...found.slice(at, at + 1)))
    }
    const show = box => {
        paint()
        const count = box.closest('.find').querySelector('.count')
        count.textContent = !box.value.trim() ? '' : found.length ? `${at + 1} of ${found.length}` : 'not found'
        const whole = box.closest('.opened').querySelector('.whole'), place = found[at]?.getBoundingClientRect()
        if (place) whole.scrollTop += place.top - whole.getBoundingClientRect().top - whole.clientHeight / 3
    }
    const search = box => {
        const walker = document.createTreeWalker(box.closest('.opened').querySelector('.whole'), NodeFilter.SHOW_TEXT)
        const nodes = []
        let text = ''
        while (walker.nextNode()) {
            nodes.push([text.length, walker.currentNode])
            text += walker.currentNode.data
        }
        const place = offset => {
            const [start, node] = nodes.findLast(([start]) => start <= offset)
            return [node, offset - start]
        }
        const wanted = box.value.trim().toLowerCase(), lower = text.toLowerCase()
        const within = lower.length === text.length ? lower : text // a letter may be longer when it is small
        found = []
        at = 0
        for (let from = within.indexOf(wanted); wanted && from >= 0; from = within.indexOf(wanted, from + wanted.length)) {
            const range = new Range()
            range.setStart(...place(from))
            range.setEnd(...place(from + wanted.length))
            found.push(range)
        }
        show(box)
    }
    const step = (box, by) => {
        if (found.length) at = (at + by + found.length) % found.length
        show(box)
    }
    document.addEventListener('input', event => { if (event.target.matches('.find input')) search(event.target) })
    document.addEventListener('keydown', event => {
        if (event.key === 'Enter' && event.target.matches('.find input')) step(event.target, event.shiftKey ? -1 : 1)
    })
    document.addEventListener('click', event => {
        const button = event.target.closest('[data-find]')
        if (button) step(button.closest('.find').querySelector('input'), Number(button.dataset.find))
    })
}
