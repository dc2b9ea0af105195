import { readAnswer } from './connection';

const OK = 'HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: 11\r\n\r\n';

test('a response is complete with the last byte of its body', () => {
  expect(readAnswer(OK.slice(0, 40))).toBeUndefined();
  expect(readAnswer(`${OK}<Response/`)).toBeUndefined();
  expect(readAnswer(`${OK}<Response/>`)).toEqual({ status: 200, closes: false });
});

test('a 204 has no body, chunks end with the last one, and a closed connection is reported', () => {
  expect(readAnswer('HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n')).toEqual({
    status: 204,
    closes: true,
  });
  const chunked = 'HTTP/1.1 403 Forbidden\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nno\r\n';
  expect(readAnswer(chunked)).toBeUndefined();
  expect(readAnswer(`${chunked}0\r\n\r\n`)).toEqual({ status: 403, closes: false });
});
