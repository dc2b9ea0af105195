import { apiHost, regionOf } from './api-hosts';

it.each([
  ['https://api.twilio.com', 'https://messaging.twilio.com', 'us1'],
  ['https://api.ie1.twilio.com', 'https://messaging.ie1.twilio.com', 'ie1'],
  ['https://api.dublin.ie1.twilio.com', 'https://messaging.dublin.ie1.twilio.com', 'ie1'],
  ['https://api.ashburn.us1.twilio.com', 'https://messaging.ashburn.us1.twilio.com', 'us1'],
  ['http://127.0.0.1:4010', 'http://127.0.0.1:4010', undefined],
  ['https://api.eviltwilio.com', 'https://api.eviltwilio.com', undefined],
])('%s has services at %s, in the region %s', (apiUrl, messaging, region) => {
  expect(apiHost(apiUrl, 'messaging')).toBe(messaging);
  expect(regionOf(apiUrl)).toBe(region);
});
