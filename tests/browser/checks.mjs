// A list of tests that run one after the other, each with a name that says what holds.
import assert from "node:assert/strict";

const tests = [];
export const test = (name, body) => tests.push({ name, body });

/** Runs those whose name has one of the words; the number of failures. */
export async function runTests(words) {
  let failed = 0;
  let passed = 0;
  for (const { name, body } of tests) {
    if (words.length > 0 && !words.some((word) => name.includes(word))) continue;
    const begun = Date.now();
    try {
      const told = await body();
      passed++;
      console.log(`ok    ${name}${told ? `: ${told}` : ""} (${Date.now() - begun} ms)`);
    } catch (error) {
      failed++;
      console.log(`FAIL  ${name}\n${String(error.stack ?? error).replace(/^/gm, "      ")}`);
    }
  }
  assert.ok(passed + failed > 0, "no test has such a name");
  console.log(`${passed} passed, ${failed} failed`);
  return failed;
}

/** Two sums of seconds that were rounded on their way. */
export function close(got, wanted, what, within = 0.01) {
  assert.ok(Math.abs(got - wanted) <= within, `${what}: ${got}, not ${wanted}`);
}
