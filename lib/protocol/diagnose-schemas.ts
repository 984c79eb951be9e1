import { z } from "@hono/zod-openapi";
import { ACTIONS, type ActionCode } from "#lib/handshake/action.ts";
import { CAUSE_CODES, type Cause } from "#lib/handshake/causes.ts";
import type { DiagnosedHandshake } from "#lib/handshake/diagnose-lines.ts";
import type { LoggingProxy } from "#lib/handshake/observation.ts";
import { PARSERS } from "#lib/handshake/parsers.ts";
import { time } from "#lib/protocol/described-json.ts";

/** The JSON of diagnoses on the REST API. */

const causeSchema = z.enum(CAUSE_CODES as readonly [Cause, ...Cause[]]).openapi("HandshakeCause");

const proxySchema = z.enum(Object.keys(PARSERS) as [LoggingProxy, ...LoggingProxy[]]);

export const diagnosesSchema = z.array(
  z
    .object({
      lines: z.array(z.string()).openapi({ description: "Those of one handshake, as they came." }),
      time: time.nullable().openapi({
        description: "Read as UTC when the line says no time zone; null when it says no time.",
      }),
      cause: causeSchema,
      candidates: z.array(causeSchema).openapi({
        description: "At most three, the likeliest first; cause is the first of them.",
      }),
      certainty: z.enum(["certain", "one-of", "cannot-tell"]),
      certificate: z
        .object({
          id: z.string().nullable().openapi({ description: "Null when it is not in the inventory." }),
          name: z.string().nullable(),
          serial: z.string().nullable(),
          sha256: z.string().nullable(),
          issuer: z.string().nullable().openapi({ description: "As the line has it." }),
          notBefore: time.nullable(),
          notAfter: time.nullable(),
        })
        .nullable()
        .openapi({ description: "The one that failed, else the one that was presented." }),
      client: z
        .object({
          id: z.string().nullable().openapi({ description: "Null when it is none of ours." }),
          name: z.string(),
        })
        .nullable(),
      evidence: z.array(
        z.object({
          from: z.enum(["line", "inventory"]),
          text: z
            .string()
            .openapi({ description: "Quoted from the line as it stands there, or a sentence." }),
        }),
      ),
      action: z.object({
        code: z
          .enum(Object.keys(ACTIONS) as [ActionCode, ...ActionCode[]])
          .nullable()
          .openapi({ description: "What the console can do about it; null where only words are left." }),
        certificate: z.string().nullable().openapi({ description: "Id of the one that it is about." }),
        words: z.string(),
        directive: z
          .string()
          .nullable()
          .openapi({ description: "To be copied into the proxy's configuration." }),
      }),
      acts: z
        .enum(["nobody", "client", "authority", "proxy", "server", "network", "upstream"])
        .openapi({ description: "Who has to act." }),
      direction: z.enum(["inbound", "upstream"]),
      question: z.string().nullable().openapi({ description: "What would tell, when it is not certain." }),
      missingDirective: z
        .object({ proxy: proxySchema, directive: z.string(), explanation: z.string() })
        .nullable()
        .openapi({ description: "The setting that would have made the line say it." }),
      proxy: proxySchema.openapi({ description: "Whose lines they are." }),
    })
    .openapi("HandshakeDiagnosis"),
);

/** A diagnosis as JSON. */
export function diagnosisJson({ lines, proxy, time: at, diagnosis, known, seen }: DiagnosedHandshake) {
  const { cause, certainty, candidates, evidence, client, acts, action, direction, question } = diagnosis;
  const { missingDirective } = diagnosis;
  return {
    ...{ lines, time: timeText(at), cause, candidates, certainty },
    certificate:
      known === null && seen === null
        ? null
        : {
            id: known?.id ?? null,
            name: known?.name ?? seen?.commonName ?? seen?.subject ?? null,
            serial: known?.serial ?? seen?.serial ?? null,
            sha256: known?.sha256 ?? seen?.sha256 ?? null,
            issuer: seen?.issuer ?? null,
            notBefore: timeText(known?.notBefore ?? seen?.notBefore ?? null),
            notAfter: timeText(known?.notAfter ?? seen?.notAfter ?? null),
          },
    ...{ client, evidence, action, acts, direction, question, missingDirective, proxy },
  } as z.input<typeof diagnosesSchema>[number];
}

/** Null also for what no date can be: a log may say anything. */
function timeText(at: number | null): string | null {
  const date = new Date(at ?? Number.NaN);
  const year = date.getUTCFullYear();
  return year >= 0 && year <= 9999 ? date.toISOString() : null;
}
