// The report in words for readers of a page.

import type { Answer, Finding, Migration, Report } from "./report.js";

/** The headings with their questions, as claims, in the report's order. */
export const HEADINGS: readonly (readonly [string, readonly (readonly [keyof Migration["answers"], string])[]])[] = [
  ["Ordering", [["forward_runs", "the forward runs"], ["rollback_runs", "the rollback runs"]]],
  ["Coverage", [["restores", "it restores the schema"], ["redo", "the forward runs again"]]],
  ["Idempotency", [["rerun", "the rollback runs twice"], ["partial", "it works half-applied"]]],
  ["Scope", [["local", "it stays in its scope"]]],
  ["Atomicity", [["atomic", "it is all or nothing"]]],
  ["Data", [["lossless", "no old row is lost"]]],
];

/** Signs beside words, so that nobody needs the colour. */
export const SIGNS: Record<string, string> = {
  safe: "✓",
  unsafe: "✕",
  unproven: "?",
  missing: "–",
  irreversible: "!",
  yes: "✓",
  no: "✕",
  unknown: "?",
  error: "✕",
  warning: "!",
  note: "i",
};

function count(number: number, one: string): string {
  return number === 1 ? `1 ${one}` : `${number} ${one}s`;
}

/** One sentence about a migration. */
export function sentence(migration: Migration): string {
  const answers = migration.answers;
  switch (migration.verdict) {
    case "safe": {
      const worst = migration.findings.filter((finding) => finding.severity === "warning" && finding.suppressed === undefined).length;
      return worst ? `The rollback works; ${count(worst, "warning")}.` : "The rollback works.";
    }
    case "unsafe": {
      const failure = answers.rollback_runs;
      if (failure.answer === "no" && failure.sqlstate !== undefined) return `The rollback fails at statement ${failure.statement} with ${failure.sqlstate}.`;
      if (answers.forward_runs.answer === "no") return "The forward does not run, so there is nothing to take back.";
      if (answers.restores.answer === "no") return `The rollback runs, and the schema is not what it was: ${count(answers.restores.differences.length, "difference")}.`;
      if (answers.local.answer === "no") return "The rollback touches what the forward did not make.";
      return "The rollback does not work in every state that can arise.";
    }
    case "unproven": {
      const gap = migration.gaps[0];
      return gap ? `It cannot be told from the text alone: ${gap.reason}.` : "It cannot be told from the text alone.";
    }
    case "missing":
      return migration.rollback ? "The rollback has no statement." : "There is no rollback.";
    case "irreversible":
      return "The author says that there is no way back.";
  }
}

/** What a rollback that works does not bring back. */
export function lost(migration: Migration): string {
  if (migration.verdict !== "safe" || migration.answers.lossless.answer !== "no") return "";
  return `But rows older than the forward are lost: ${proof(migration, "lossless")}.`;
}

/** Text and code in turns: what stands in backticks is code. One without a second is a letter, as the server quotes those of other dialects. */
export function parts(text: string): string[] {
  const parts = text.split("`");
  if (parts.length % 2 === 0) {
    const last = parts.pop() ?? "";
    parts.push(`${parts.pop() ?? ""}\`${last}`);
  }
  return parts;
}

/** What an answer rests on, in a few words. */
export function proof(migration: Migration, key: keyof Migration["answers"]): string {
  const answer = migration.answers[key] as { answer: Answer; because?: string; sqlstate?: string; statement?: number; error?: string };
  if (answer.because !== undefined) {
    const gap = migration.gaps.find((gap) => gap.id === answer.because);
    if (gap) return gap.reason;
    const claim = HEADINGS.flatMap(([, questions]) => questions).find(([name]) => name === answer.because)?.[1];
    return claim ? `because “${claim}” is ${migration.answers[answer.because as typeof key].answer}` : "";
  }
  if (answer.sqlstate !== undefined) return `${answer.sqlstate} at statement ${answer.statement}: ${answer.error}`;
  const { restores, partial, local, atomic, lossless } = migration.answers;
  if (key === "restores" && restores.answer === "no") return restores.differences.slice(0, 3).map((it) => `${it.change} ${it.kind} ${it.name}`).join(", ");
  if (key === "partial" && partial.answer === "no") {
    const first = partial.prefixes.find((prefix) => prefix.k > 0 && prefix.answer === "no");
    return first?.sqlstate !== undefined ? `${first.sqlstate} after ${count(first.k, "statement")} of the forward` : "it runs and does not restore";
  }
  if (key === "local" && local.answer === "no") return local.strays.slice(0, 3).map((it) => `${it.kind} ${it.name}`).join(", ");
  if (key === "atomic" && atomic.answer === "no") return "each statement is committed alone, or something breaks the transaction";
  if (key === "lossless" && lossless.answer === "no") return lossless.losses.filter((it) => !it.own).slice(0, 3).map((it) => it.object).join(", ");
  return "";
}

/** The findings of a report, the worst first, without what the author silenced. */
export function findings(report: Report): Finding[] {
  const all = [...report.findings, ...report.migrations.flatMap((migration) => migration.findings)].filter((finding) => finding.suppressed === undefined);
  const rank = ["error", "warning", "note"];
  return all.sort((a, b) => rank.indexOf(a.severity) - rank.indexOf(b.severity));
}
