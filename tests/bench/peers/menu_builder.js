// Three hops on ussd-menu-builder, as its README builds them, in two processes.
const cluster = require('node:cluster');
const http = require('node:http');
const UssdMenu = require(process.argv[3] + '/ussd-menu-builder');

const menu = new UssdMenu();
menu.startState({ run: () => menu.con('Jappoo\n1. Declarer'), next: { 1: 'kilos' } });
menu.state('kilos', { run: () => menu.con('Combien de kilos ?'), next: { '*\\d+': 'done' } });
menu.state('done', { run: () => menu.end(`Note: ${menu.val} kg`) });

if (cluster.isPrimary) {
  cluster.fork();
  cluster.fork();
} else {
  http.createServer((request, response) => {
    let body = '';
    request.on('data', (part) => { body += part; });
    request.on('end', () => {
      menu.run(Object.fromEntries(new URLSearchParams(body)), (said) => {
        response.writeHead(200, { 'Content-Length': Buffer.byteLength(said) });
        response.end(said);
      });
    });
  }).listen(Number(process.argv[2]), '127.0.0.1');
}
