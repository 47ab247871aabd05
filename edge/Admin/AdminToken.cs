using Realtime.Hosting.Configuration;
using Realtime.Hosting.Files;
using Realtime.Hosting.Identity;

namespace Realtime.Edge.Admin;

/// <summary>The operators' tokens.</summary>
internal sealed class AdminToken(AdminOptions options, ConnectionPlaneOptions plane, WatchedFiles files)
{
    private readonly BearerTokens _tokens = new(
        options.AdminToken, options.AdminTokenFile, $"{AdminOptions.Section}:admin_token_file", plane.Development,
        files);

    public bool Matches(string offered) => _tokens.Matches(offered);
}
