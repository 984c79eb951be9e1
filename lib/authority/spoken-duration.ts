/** A duration as people say it: `90 days`, `36 hours`, `5 minutes`. @param seconds whole */
export function spokenDuration(seconds: number): string {
  const [amount, unit] =
    seconds % 86400 === 0 || seconds > 3 * 86400
      ? [Math.round(seconds / 86400), "day"]
      : seconds % 3600 === 0 || seconds > 3 * 3600
        ? [Math.round(seconds / 3600), "hour"]
        : seconds % 60 === 0 || seconds > 3 * 60
          ? [Math.round(seconds / 60), "minute"]
          : [seconds, "second"];
  return `${amount} ${unit}${amount === 1 ? "" : "s"}`;
}
