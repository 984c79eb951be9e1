/**
 * Dialogs lock the page's scrolling with a <style> element (react-remove-scroll), which the content
 * security policy accepts only with this document's nonce. The library looks for it in this global.
 * It is read from a script element rather than passed down, because a refreshed server component
 * would bring a newer nonce than the one this document was loaded with.
 */
Object.assign(globalThis, {
  __webpack_nonce__: document.querySelector<HTMLScriptElement>("script[nonce]")?.nonce,
});

export {};
