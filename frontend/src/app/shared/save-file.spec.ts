import { saveFile } from './save-file';

describe('saveFile', () => {
  it('saves the content under the name', async () => {
    const create = vi.fn(() => 'blob:1');
    const revoke = vi.fn();
    vi.stubGlobal('URL', { createObjectURL: create, revokeObjectURL: revoke });
    let saved = '';
    const click = vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (
      this: HTMLAnchorElement,
    ) {
      saved = `${this.download} ${this.href}`;
    });
    const content = new Blob(['a,b']);
    saveFile('marks.csv', content);

    expect(saved).toBe('marks.csv blob:1');
    expect(create).toHaveBeenCalledWith(content);
    await vi.waitFor(() => expect(revoke).toHaveBeenCalledWith('blob:1'));
    click.mockRestore();
    vi.unstubAllGlobals();
  });
});
