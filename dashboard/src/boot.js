// Before the first paint, so that a stored theme does not flash.
try {
  var theme = localStorage.getItem("vigil.theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch (blocked) {
  // Without storage the system's theme it is.
}
