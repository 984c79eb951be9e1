import { type ParseArgsConfig, parseArgs } from "node:util";
import { ConfigError } from "#lib/config.ts";
import { DomainError } from "#lib/errors.ts";
import { EXIT_CONFIG } from "#lib/server/plane.ts";

type Options = NonNullable<ParseArgsConfig["options"]>;

/**
 * The options after `npm run … --`.
 *
 * @param usage one line, shown when they are wrong
 * @throws ConfigError when there is one that does not exist, or its value is missing
 */
export function commandOptions<T extends Options>(options: T, usage: string) {
  try {
    return parseArgs({ options, strict: true, allowPositionals: false }).values;
  } catch (error) {
    const [sentence] = (error as Error).message.split("\n");
    throw new ConfigError(`${sentence}\nUsage: ${usage}`, { cause: error });
  }
}

/**
 * Runs a command and ends the process: 0 when it was done, 78 when something has to be put right by a person,
 * 1 for anything unexpected.
 *
 * @param failure said before an unexpected error's message
 */
export async function runCommand(failure: string, work: () => Promise<void>): Promise<never> {
  try {
    await work();
    process.exit(0);
  } catch (error) {
    if (error instanceof ConfigError || error instanceof DomainError) {
      process.stderr.write(`${error.message}\n`);
      process.exit(EXIT_CONFIG);
    }
    process.stderr.write(`${failure}: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  }
}
