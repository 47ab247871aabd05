using Microsoft.AspNetCore.Http;
using Realtime.Hosting.Configuration;
using Realtime.Hosting.Files;
using Realtime.Hosting.Identity;

namespace Realtime.Hosting.Metrics;

/// <summary>Who may read a process' metrics, and with that nothing else.</summary>
public sealed class MetricsReaders(MetricsOptions options, ConnectionPlaneOptions plane, WatchedFiles files)
{
    private readonly BearerTokens _tokens = new(
        options.Token, options.TokenFile, $"{MetricsOptions.Section}:token_file", plane.Development, files);

    /// <summary>Whether a token of theirs is offered, for a request that reads metrics.</summary>
    public bool Admit(HttpRequest request, string offered) =>
        request.Path == MetricsExtensions.Path
        && (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))
        && _tokens.Any && _tokens.Matches(offered);

    /// <summary>Whether a request may read where nobody else stands at the door: any, if there are no tokens.</summary>
    internal bool Admit(HttpRequest request) =>
        !_tokens.Any || (BearerTokens.OfferedBy(request) is { } offered && Admit(request, offered));
}
