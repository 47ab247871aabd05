using Realtime.Cli;
using Realtime.Client;
using Realtime.Protocol.Messages;

namespace Realtime.Tests.Cli;

public sealed class FailuresTests
{
    [Theory]
    [InlineData(ErrorCodes.Unauthorized, false, ExitCodes.Refused)]
    [InlineData(ErrorCodes.TokenRevoked, false, ExitCodes.Refused)]
    [InlineData(ErrorCodes.CertificateRequired, false, ExitCodes.Refused)]
    [InlineData(ErrorCodes.BadRequest, false, ExitCodes.Failed)]
    [InlineData(ErrorCodes.RateLimited, true, ExitCodes.Unreachable)]
    public void A_refusal_has_the_exit_code_of_refusals(string code, bool retry, int exitCode) =>
        Assert.Equal(exitCode, Failures.ExitCodeOf(new RealtimeException(code, "No.", retry)));
}
