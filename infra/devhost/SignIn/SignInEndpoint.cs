using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using Realtime.Hosting.Problems;
using Realtime.Protocol.Messages;

namespace Realtime.Devhost.SignIn;

/// <summary>
/// <c>POST /sign-in</c> on the devhost's edge: the code of a link for a viewer's token. The link has the code behind
/// <c>#</c>, which browsers keep to themselves; the token never stands in an address.
/// </summary>
/// <param name="code">The code that is good now.</param>
/// <param name="mintToken">Makes the token of a viewer.</param>
/// <param name="onUsed">Told after each sign-in: there is a new code.</param>
internal sealed class SignInEndpoint(SignInCode code, Func<string> mintToken, Action onUsed)
{
    /// <summary>Where it is mapped.</summary>
    public const string Path = "/sign-in";

    private const int BodyBytesMax = 1_024;

    /// <summary>Answers.</summary>
    public async Task PostAsync(HttpContext context)
    {
        context.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = BodyBytesMax;
        if (!context.Request.HasJsonContentType())
        {
            await Problem.WriteAsync(
                context, StatusCodes.Status415UnsupportedMediaType, ErrorCodes.UnsupportedMediaType,
                "Send Content-Type: application/json.");
            return;
        }

        SignInRequest? request = await ReadAsync(context);
        if (request?.Code is null)
        {
            await Problem.WriteAsync(
                context, StatusCodes.Status400BadRequest, ErrorCodes.BadRequest,
                """The body must be {"code":"…"}, with the code of a sign-in link.""");
            return;
        }

        if (!code.TryUse(request.Code))
        {
            await Problem.WriteAsync(
                context, StatusCodes.Status401Unauthorized, ErrorCodes.Unauthorized,
                "This sign-in link has been used. Each is good for one sign-in, while the devhost that printed it "
                + "runs: open the last link in its output.");
            return;
        }

        onUsed();
        context.Response.Headers.CacheControl = "no-store";
        await context.Response.WriteAsJsonAsync(new SignInAnswer(mintToken()), context.RequestAborted);
    }

    private static async Task<SignInRequest?> ReadAsync(HttpContext context)
    {
        try
        {
            return await JsonSerializer.DeserializeAsync<SignInRequest>(
                context.Request.Body, cancellationToken: context.RequestAborted);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
