using System.Globalization;
using Realtime.Client;
using Realtime.Protocol.Messages;

namespace Realtime.Cli;

/// <summary>Errors of the server and of the way to it, as exit codes and in words.</summary>
internal static class Failures
{
    /// <summary>3 = refused, 4 = can't be reached or can't serve now, else 1.</summary>
    public static int ExitCodeOf(RealtimeException failure) => failure.Code switch
    {
        ErrorCodes.Unauthorized or ErrorCodes.TokenExpired or ErrorCodes.Forbidden or ErrorCodes.BadTenant
            or ErrorCodes.TokenRevoked or ErrorCodes.CertificateRequired
            or ClientErrorCodes.TokenFailed => ExitCodes.Refused,
        ClientErrorCodes.Network or ClientErrorCodes.Timeout or ClientErrorCodes.AttemptsExhausted
            => ExitCodes.Unreachable,
        _ => failure.Retry ? ExitCodes.Unreachable : ExitCodes.Failed,
    };

    /// <summary>What went wrong, where, and what to do about it.</summary>
    public static string Describe(RealtimeException failure, Uri url) =>
        $"{url.GetLeftPart(UriPartial.Authority)}: {failure.Message}{HintOf(failure)}";

    /// <summary>Whether it is the certificate that stands between us and the server.</summary>
    public static bool IsAboutCertificate(RealtimeException failure)
    {
        for (Exception? cause = failure; cause is not null; cause = cause.InnerException)
        {
            if (cause is System.Security.Authentication.AuthenticationException)
            {
                return true;
            }
        }

        return failure.Message.Contains("certificate", StringComparison.OrdinalIgnoreCase);
    }

    private static string HintOf(RealtimeException failure)
    {
        string hint = failure.Code switch
        {
            ErrorCodes.Unauthorized or ErrorCodes.TokenExpired or ClientErrorCodes.TokenFailed =>
                "Give a valid token by --token-file or REALTIME_TOKEN.",
            ErrorCodes.Forbidden => "Use a token whose scope covers this.",
            ErrorCodes.BadTenant => "Use a token whose tenant is a valid name.",
            ErrorCodes.Ended => "Choose another task: what has ended takes no more.",
            ErrorCodes.Leased or ErrorCodes.Claimed =>
                "Another program writes to this terminal: wait for its end, or choose another task. "
                + "If it was killed, its lease ends by itself" + (failure is LeasedException { ExpiresAt: { } at }
                    ? string.Create(CultureInfo.InvariantCulture, $" at {at:HH:mm:ss} UTC.")
                    : "."),
            ErrorCodes.StaleProducer => "A later start of the same producer is at work.",
            ErrorCodes.NotFound => "Look at the name of the task, or wait for it with --wait.",
            ClientErrorCodes.Network when IsAboutCertificate(failure) =>
                "If the certificate is self-made, trust it by --ca FILE (or REALTIME_CA).",
            ClientErrorCodes.Network or ClientErrorCodes.Timeout =>
                "Look whether the server runs, and at --url (or REALTIME_URL).",
            _ => string.Empty,
        };
        return hint.Length == 0 ? string.Empty : $"{(failure.Message.EndsWith('.') ? " " : ". ")}{hint}";
    }
}
