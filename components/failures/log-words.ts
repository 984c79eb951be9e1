import { softwareName } from "#components/failures/software-names.ts";
import type { Tone } from "#components/ui/tone.ts";
import type { LogFinding } from "#lib/handshake/log-findings.ts";

interface FindingWords {
  tone: Tone;
  /** As a status. */
  word: string;
  meaning: string;
}

/** What a finding about a proxy's log means. */
export function findingWords(finding: LogFinding): FindingWords {
  switch (finding.kind) {
    case "never":
      return {
        tone: "neutral",
        word: "never sent",
        meaning: "No line of it ever came here: what it refuses is not known.",
      };
    case "misfit":
      return {
        tone: "critical",
        word: `lines of ${softwareName(finding.software)}`,
        meaning: `Its last lines were those of ${softwareName(finding.software)}. They are read as what they are; set the proxy's kind right, or send the logs of the right machine.`,
      };
    case "not-understood":
      return {
        tone: "critical",
        word: "not understood",
        meaning: `Of its lines ${Math.round(finding.share * 100)} % are in no format that is known. Compare its log format with what is recommended.`,
      };
    case "nothing-told":
      return {
        tone: "warn",
        word: "no handshakes",
        meaning:
          "Lines came, and none of them is about a handshake: another log tells of them, or the level is too low.",
      };
    case "hidden":
      return {
        tone: "warn",
        word: "says too little",
        meaning:
          "Why the last handshake failed could not be told for certain. With this setting the log says more.",
      };
    case "silent":
      return {
        tone: "warn",
        word: "silent",
        meaning: "Nothing came for more than a day: perhaps what sends its logs has stopped.",
      };
    case "no-success":
      return {
        tone: "info",
        word: "failures only",
        meaning:
          "It tells of failures, and of nothing that went well: send the access log, too, or no failure of it resolves itself.",
      };
  }
}

/** The one status of a proxy's log. */
export function logStatus(findings: readonly LogFinding[]): { tone: Tone; word: string } {
  const [first] = findings;
  return first === undefined ? { tone: "ok", word: "good enough" } : findingWords(first);
}
