// oidc-provider on a free port of this machine, with its own pages for developers: any name signs in with any password.
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
const require = createRequire(process.argv[2] + '/');
const { Provider } = await import(require.resolve('oidc-provider'));
const server = createServer();
server.listen(0, '127.0.0.1', () => {
  const issuer = `http://localhost:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [{
      client_id: 'circles', client_secret: 's/ecret with: signs', redirect_uris: [process.argv[3]],
      post_logout_redirect_uris: ['http://circles.test/trainers'],
    }],
    cookies: { keys: ['a key of the tests'] },
    claims: { openid: ['sub', 'auth_time'], email: ['email', 'email_verified'], profile: ['name'] },
    conformIdTokenClaims: false,
    findAccount: (_, sub) => ({
      accountId: sub, claims: () => ({ sub, name: 'Ada Byron', email: 'ada@leeds.example', email_verified: true }),
    }),
  });
  server.on('request', provider.callback());
  console.log(issuer);
});
