using System.Security.Cryptography;
using Realtime.Hosting.Identity;

namespace Realtime.Tests.Hosting.Identity;

public sealed class PublicSecretsTests
{
    [Theory]
    [InlineData("super-secret-jwt-token-with-at-least-32-characters-long")]
    [InlineData(" super-secret-jwt-token-with-at-least-32-characters-long\n")]
    [InlineData("your-super-secret-jwt-token-with-at-least-32-characters-long")]
    [InlineData("a-string-secret-at-least-256-bits-long")]
    [InlineData("reallyreallyreallyreallyverysafe")]
    [InlineData("00000000000000000000000000000000")]
    [InlineData("abababababababababababababababababab")]
    public void What_everybody_can_look_up_or_guess_is_known(string secret) =>
        Assert.True(PublicSecrets.Contains(secret));

    [Fact]
    public void What_is_random_is_not()
    {
        for (int i = 0; i < 100; i++)
        {
            Assert.False(PublicSecrets.Contains(RandomNumberGenerator.GetHexString(32)));
            Assert.False(PublicSecrets.Contains(Convert.ToBase64String(RandomNumberGenerator.GetBytes(48))));
        }
    }
}
