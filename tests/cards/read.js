// Reads Adaptive Cards, a JSON list on standard input, with Microsoft's own parser, and writes for each what was found
// wrong with it and what it was read as.
const { readFileSync } = require("node:fs");
const { AdaptiveCard, HostConfig, SerializationContext } = require("adaptivecards/dist/adaptivecards.js");

function read(json) {
  const context = new SerializationContext();
  const card = new AdaptiveCard();
  // Teams shows six and puts the others in the menu, where those that are secondary stand anyway.
  card.hostConfig = new HostConfig({ actions: { maxActions: 10 } });
  card.parse(json, context);
  const parsing = Array.from({ length: context.eventCount }, (_, number) => context.getEventAt(number));
  const faults = [...parsing, ...card.validateProperties().validationEvents].map(({ message }) => message);
  return { faults: [...new Set(faults)], readAs: card.toJSON() };
}

process.stdout.write(JSON.stringify(JSON.parse(readFileSync(0, "utf8")).map(read)));
