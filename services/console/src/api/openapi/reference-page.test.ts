import { API_ROUTES } from '../routes';
import { createDocument } from './document';
import { referencePage } from './reference-page';

const document = createDocument(API_ROUTES);
const page = referencePage(document);

describe('the reference of the API', () => {
  it('has every route, object and scope', () => {
    for (const { method, path, scope } of API_ROUTES) {
      expect(page).toContain(`${method.toUpperCase()} /api/v1${path}`);
      expect(page).toContain(scope);
    }
    for (const name of Object.keys(document.components.schemas)) expect(page).toContain(`id="${name}"`);
  });

  it('needs nothing from elsewhere, and fits a policy without inline scripts and styles', () => {
    expect(page).not.toMatch(/https?:\/\/|<script|<style|style=|\son\w+=/);
  });
});
