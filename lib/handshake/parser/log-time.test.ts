import { describe, expect, test } from "vitest";
import {
  apacheTime,
  commonLogTime,
  epochTime,
  isoTime,
  type LogTime,
  nginxTime,
  opensslTime,
  syslogTime,
} from "./log-time.ts";

const said = (iso: string): LogTime => ({ at: Date.parse(iso), zone: "said" });
const assumed = (iso: string): LogTime => ({ at: Date.parse(iso), zone: "assumed" });

describe("a time without a zone is read as UTC, and says so", () => {
  test.each<[string, LogTime | null, LogTime | null]>([
    ["nginx", nginxTime("2027/02/03 04:05:06"), assumed("2027-02-03T04:05:06Z")],
    ["stunnel", nginxTime("2027.02.03 04:05:06"), assumed("2027-02-03T04:05:06Z")],
    ["Go", nginxTime("2027/02/03 04:05:06.123456"), assumed("2027-02-03T04:05:06.123Z")],
    ["Apache", apacheTime("Wed Feb 03 04:05:06.5 2027"), assumed("2027-02-03T04:05:06.5Z")],
    ["Apache without its weekday", apacheTime("Feb  3 04:05:06 2027"), assumed("2027-02-03T04:05:06Z")],
    ["HAProxy", commonLogTime("03/Feb/2027:04:05:06.078"), assumed("2027-02-03T04:05:06.078Z")],
    ["RFC 3339 without a zone", isoTime("2027-02-03 04:05:06,078"), assumed("2027-02-03T04:05:06.078Z")],
  ])("%s", (_, time, expected) => {
    expect(time).toEqual(expected);
  });
});

describe("a time with a zone", () => {
  test.each<[string, LogTime | null, LogTime | null]>([
    ["access logs", commonLogTime("03/Feb/2027:04:05:06 +0530"), said("2027-02-02T22:35:06Z")],
    ["west of Greenwich", commonLogTime("03/Feb/2027:04:05:06 -0330"), said("2027-02-03T07:35:06Z")],
    ["RFC 3339", isoTime("2027-02-03T04:05:06+01:00"), said("2027-02-03T03:05:06Z")],
    ["RFC 3339 in UTC", isoTime("2027-02-03T04:05:06.9Z"), said("2027-02-03T04:05:06.9Z")],
    ["UTC by name", isoTime("2027-02-03 04:05:06 UTC"), said("2027-02-03T04:05:06Z")],
    ["seconds since 1970", epochTime("1801627506.078"), said("2027-02-03T04:05:06.078Z")],
    ["a leap second", isoTime("2016-12-31T23:59:60Z"), said("2017-01-01T00:00:00Z")],
    ["a leap day", isoTime("2028-02-29T00:00:00Z"), said("2028-02-29T00:00:00Z")],
  ])("%s", (_, time, expected) => {
    expect(time).toEqual(expected);
  });
});

test.each<[string, number | null]>([
  ["Feb  3 04:05:06 2027 GMT", Date.parse("2027-02-03T04:05:06Z")],
  ["Feb 13 04:05:06 2027 GMT", Date.parse("2027-02-13T04:05:06Z")],
  ["Feb 13 04:05:06 2027", null],
  ["", null],
])("a certificate's date as OpenSSL prints it: %s", (text, expected) => {
  expect(opensslTime(text)).toBe(expected);
});

describe("syslog's time has no year: the nearest to when it came is taken", () => {
  test.each<[string, string, string]>([
    ["now", "2027-02-03T04:05:07Z", "2027-02-03T04:05:06Z"],
    ["half a year late", "2027-07-03T00:00:00Z", "2027-02-03T04:05:06Z"],
    ["from before New Year", "2028-11-30T00:00:00Z", "2029-02-03T04:05:06Z"],
    ["a clock that is a day fast", "2027-02-02T04:05:06Z", "2027-02-03T04:05:06Z"],
  ])("%s", (_, receivedAt, expected) => {
    expect(syslogTime("Feb  3 04:05:06", Date.parse(receivedAt))).toEqual(assumed(expected));
  });

  test("a leap day is of a leap year", () => {
    const receivedAt = Date.parse("2027-03-01T00:00:00Z");
    expect(syslogTime("Feb 29 04:05:06", receivedAt)).toEqual(assumed("2028-02-29T04:05:06Z"));
    expect(syslogTime("Feb 29 04:05:06", Date.parse("2030-03-01T00:00:00Z"))).toBeNull();
  });
});

test.each<[string, LogTime | null]>([
  ["a day that is none", nginxTime("2027/02/29 04:05:06")],
  ["a month that is none", nginxTime("2027/13/01 04:05:06")],
  ["an hour that is none", isoTime("2027-02-03T24:05:06Z")],
  ["a minute that is none", commonLogTime("03/Feb/2027:04:60:06 +0000")],
  ["a month's name that is none", commonLogTime("03/Feu/2027:04:05:06 +0000")],
  ["a zone that is none", isoTime("2027-02-03T04:05:06 CEST")],
  ["further from Greenwich than can be", isoTime("2027-02-03T04:05:06+99:00")],
  ["cut off", isoTime("2027-02-03T04:05")],
  ["something behind it", nginxTime("2027/02/03 04:05:06 [info]")],
  ["words for seconds since 1970", epochTime("yesterday")],
  ["nothing", syslogTime("", 0)],
])("%s is no time", (_, time) => {
  expect(time).toBeNull();
});
