/** Danish times with weekday, in the zone of the municipality whatever zone the reader's machine is set to. */
let zone = "Europe/Copenhagen";

export function useZone(name) {
  zone = name;
}

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
  return Object.fromEntries(format.formatToParts(date).map(({ type, value }) => [type, value]));
}

export function hourMinute(date) {
  const { hour, minute } = parts(date);
  return `${hour}:${minute}`;
}

export function hourMinuteSecond(date) {
  const { hour, minute, second } = parts(date);
  return `${hour}:${minute}:${second}`;
}

export function dayText(date) {
  const { weekday, day, month, year } = parts(date);
  return `${weekday} ${day}. ${month} ${year}`;
}

export function shortDayText(date) {
  const { weekday, day, month } = parts(date);
  return `${weekday.slice(0, 3)}. ${day}. ${month.length > 4 ? `${month.slice(0, 3)}.` : month}`;
}

const HALF_DAY = 12 * 60 * 60 * 1000;

function offset(date) {
  const format = new Intl.DateTimeFormat("da-DK", { timeZone: zone, timeZoneName: "longOffset" });
  return format.formatToParts(date).find(({ type }) => type === "timeZoneName").value;
}

/** Which of the two is meant, near the night when summer time begins or ends; otherwise nothing. */
export function zoneMark(date) {
  const before = offset(new Date(date.getTime() - HALF_DAY));
  const after = offset(new Date(date.getTime() + HALF_DAY));
  if (before === after) return "";
  const summer = [before, after].sort((a, b) => hours(a) - hours(b))[1];
  return offset(date) === summer ? "sommertid" : "vintertid";
}

const hours = (text) => Number.parseFloat(text.replace(/^(GMT|UTC)/, "").replace(":", ".")) || 0;
