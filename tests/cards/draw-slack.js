// Draws Block Kit, a JSON list of lists of blocks in the file named first, with a renderer that is not Slack's, and writes
// the HTML of each, a JSON list, to the file named second.
const { readFileSync, writeFileSync } = require("node:fs");
const { createElement } = require("react");
const { renderToStaticMarkup } = require("react-dom/server");
const { Message } = require("slack-blocks-to-jsx");

const EPOCH = new Date(0);

function draw(blocks) {
  const message = { blocks, logo: "data:,", name: "Krisebot", time: EPOCH, theme: "light" };
  return renderToStaticMarkup(createElement(Message, message));
}

const [, , asked, told] = process.argv;
writeFileSync(told, JSON.stringify(JSON.parse(readFileSync(asked, "utf8")).map(draw)));
