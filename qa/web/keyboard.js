() => { // Keys: nothing is done while somebody types, or holds another key.
    const TYPED = 'input:not([type=checkbox], [type=radio], [type=range], [type=button]), textarea, select, [contenteditable=true]'
    const find = place => document.querySelector(place)
    const seen = place => [...document.querySelectorAll(place)].filter(found => found.offsetParent)
    const current = passages => passages.findIndex(passage => passage.contains(document.activeElement))
    const help = () => find('#keys')

    const ask = () => {
        find('#tabs [data-tab-id=asking][aria-selected=false]')?.click()
        requestAnimationFrame(() => find('#question textarea')?.focus())
    }
    const step = by => {
        const passages = seen('#passages .slot'), at = current(passages)
        const next = passages[at < 0 ? 0 : Math.min(Math.max(at + by, 0), passages.length - 1)]
        next?.querySelector('.card')?.focus({preventScroll: true})
        next?.scrollIntoView({block: 'nearest'})
    }
    const open = () => {
        const passages = seen('#passages .slot')
        passages[Math.max(current(passages), 0)]?.querySelector('button.open')?.click()
    }
    const toggle = () => help()?.open ? help().close() : help()?.showModal()
    const leave = event => {
        if (help()?.open || find('input[aria-expanded=true]')) return // these have the first call
        const back = seen('#back, #library-back')[0]
        if (event.target.matches('.find input') && event.target.value) return // it is emptied first
        if (back) back.click()
        else if (event.target.matches(TYPED)) event.target.blur()
    }
    const KEYS = {'/': ask, j: () => step(1), k: () => step(-1), o: open, '?': toggle}

    document.addEventListener('keydown', event => {
        if (event.key === 'Escape') return leave(event)
        if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest(TYPED)) return
        if (!KEYS[event.key] || help()?.open && event.key !== '?') return
        event.preventDefault()
        KEYS[event.key]()
    })
    document.addEventListener('click', event => {
        if (event.target.closest('[data-keys]') || event.target === help()) toggle()
    })
}
