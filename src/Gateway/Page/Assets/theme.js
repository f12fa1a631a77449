// Light or dark, as the visitor chose; the system's choice until then.
const name = "moodstream.theme";

/** Applies the choice that this browser remembers, and lets a button change it. */
export function followTheme(button) {
  const root = document.documentElement;
  const chosen = localStorage.getItem(name);
  if (chosen === "light" || chosen === "dark") root.dataset.theme = chosen;
  if (button) button.onclick = () => {
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
    localStorage.setItem(name, root.dataset.theme);
  };
}
