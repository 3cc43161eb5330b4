/** What this browser remembers between visits. A browser that refuses to keep anything just forgets. */
export function recall(key, otherwise) {
  try {
    return JSON.parse(localStorage.getItem(`krisebot.${key}`)) ?? otherwise;
  } catch {
    return otherwise;
  }
}

export function remember(key, value) {
  try {
    localStorage.setItem(`krisebot.${key}`, JSON.stringify(value));
  } catch {
    return;
  }
}
