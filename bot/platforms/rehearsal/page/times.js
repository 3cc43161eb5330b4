// Danish times with weekday, in the zone of the municipality whatever zone the reader's machine is set to.

const HALF_DAY = 12 * 60 * 60 * 1000;

let zone = "Europe/Copenhagen";

/** @param {string} name as IANA has it */
export function useZone(name) {
  zone = name;
}

/** @param {Date} date */
export function hourMinute(date) {
  const { hour, minute } = parts(date);
  return `${hour}:${minute}`;
}

/** @param {Date} date */
export function hourMinuteSecond(date) {
  const { hour, minute, second } = parts(date);
  return `${hour}:${minute}:${second}`;
}

/** @param {Date} date */
export function dayText(date) {
  const { weekday, day, month, year } = parts(date);
  return `${weekday} ${day}. ${month} ${year}`;
}

/** @param {Date} date */
export function shortDayText(date) {
  const { weekday, day, month } = parts(date);
  return `${weekday.slice(0, 3)}. ${day}. ${month.length > 4 ? `${month.slice(0, 3)}.` : month}`;
}

/**
 * Tell which of the two is meant, near the night when summer time begins or ends; otherwise nothing.
 * @param {Date} date
 */
export function zoneMark(date) {
  const before = offset(new Date(date.getTime() - HALF_DAY));
  const after = offset(new Date(date.getTime() + HALF_DAY));
  if (before === after) return "";
  const summer = hours(before) > hours(after) ? before : after;
  return offset(date) === summer ? "sommertid" : "vintertid";
}

/** @param {Date} date */
function parts(date) {
  const format = new Intl.DateTimeFormat("da-DK", {
    timeZone: zone,
    weekday: "long",
    day: "numeric",
    month: "long",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
  });
  const found = new Map(format.formatToParts(date).map(({ type, value }) => [type, value]));
  /** @param {Intl.DateTimeFormatPartTypes} type */
  const part = (type) => found.get(type) ?? "";
  return {
    weekday: part("weekday"),
    day: part("day"),
    month: part("month"),
    year: part("year"),
    hour: part("hour"),
    minute: part("minute"),
    second: part("second"),
  };
}

/**
 * Tell how far the zone is from UTC then, as "GMT+02:00".
 * @param {Date} date
 */
function offset(date) {
  const format = new Intl.DateTimeFormat("da-DK", { timeZone: zone, timeZoneName: "longOffset" });
  return format.formatToParts(date).find(({ type }) => type === "timeZoneName")?.value ?? "";
}

/** @param {string} text an offset; in an order that can be compared, not in exact hours */
const hours = (text) => Number.parseFloat(text.replace(/^(GMT|UTC)/, "").replace(":", ".")) || 0;
