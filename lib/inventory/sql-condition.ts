import type { ColumnValue } from "#lib/driver.ts";

/** A condition in SQL with the values of its placeholders, in their order. */
export interface Condition {
  sql: string;
  parameters: readonly ColumnValue[];
}

/** Met by every row. */
export const ALWAYS: Condition = { sql: "1 = 1", parameters: [] };

export function condition(sql: string, ...parameters: ColumnValue[]): Condition {
  return { sql, parameters };
}

export function allOf(conditions: readonly Condition[]): Condition {
  const parts = conditions.filter((part) => part !== ALWAYS);
  return parts.length === 0 ? ALWAYS : joined(parts, " AND ");
}

/** Met by no row when there is no alternative. */
export function anyOf(alternatives: readonly Condition[]): Condition {
  return alternatives.length === 0 ? condition("1 = 0") : joined(alternatives, " OR ");
}

/** The column has one of these values. */
export function isOneOf(column: string, values: readonly ColumnValue[]): Condition {
  return condition(`"${column}" IN (${values.map(() => "?").join(", ")})`, ...values);
}

function joined(parts: readonly Condition[], word: string): Condition {
  return {
    sql: parts.length === 1 ? (parts[0]?.sql ?? "") : parts.map(({ sql }) => `(${sql})`).join(word),
    parameters: parts.flatMap(({ parameters }) => parameters),
  };
}
