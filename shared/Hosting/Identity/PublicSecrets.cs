using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;

namespace Realtime.Hosting.Identity;

/// <summary>
/// Secrets that are none: everybody can look them up in the documentation or examples of others, or guess them.
/// </summary>
public static class PublicSecrets
{
    /// <summary>The rule that such a secret breaks, for errors.</summary>
    public const string Rule = "must not be a secret that anybody can look up or guess";

    /// <summary>What to do about it.</summary>
    public const string Cure =
        "make one: openssl rand -base64 48; only for development, connection_plane:development: true allows it";

    // Random text has more of them: of 16 hexadecimal digits one in 2 million has fewer than 5 different ones.
    private const int DifferentCharactersMin = 5;

    // SHA-256, so that this file is not one more place to copy them from.
    private static readonly FrozenSet<string> Hashes = new[]
    {
        // Supabase: the default of local development.
        "a064b502e61d27e94b8717290e5e1b32e36720e9fbdf952ec81a84c07128cb37",
        // Supabase: the example for hosting it oneself.
        "1453cea2dc3799e9026e42b3e465e455256d5a149582e4c5b92d4c8d604731a2",
        // jwt.io: its samples.
        "465d9ad5d5528ebe287b5dce4fb51620833d09b290e49ddcc70ca6c4a0aea01b",
        "f7d838701b86c5dfb57bf95fbc5ce6df204cfc9f15ad6cdb39fd22f8776e47b6",
        "dfd7dc439654f313f3bb7734b467e71d701b6982cd4cb31cf7d555e723c223e9",
        "5eef83fe7cb71e2da053f846a07ecf933f49b66ef755ef8627be5e2fe94d7e84",
        "db6833593279d7373592ef70e51f3daf048c04475739f8ed024b0821fd9e7fde",
        // PostgREST: its tutorial.
        "fd4dec75abc2df7e4f8776e246ce733d29690230695c4ce8ea7a207eb3a939ab",
        // Hasura: its documentation.
        "ef1ca7491dee871be5f0e33a6d3f3e631bc8a69136fa49fddf3f3ca5bf3bd714",
        // Spring: what its tutorials copy from each other.
        "3354cfcf65c7b2e6840ea6f880aede239750cb1d063950c4e8fd9fbf9ec73a32",
        // Placeholders.
        "7d5f5ad0674ec2f2960b1a34f33370a0f71471fa0e3ef0c0a692977d276dafe8",
        "4a785508f14fa9f55a1e55788f112eb8cd30261a7002a64d9f7fe61dad66650a",
        "a19d3ee81c1c67b2be918522a3cb7c23dc74db73d9426f7142a17002cf93a957",
        "c99758db33af70fbf3588833c77678baa8d763407fcb82c58509e6332a63e21c",
        "0d356ede0ba49981912e357d2b5ef4a870a721fd186a5b0881e7425f08b68e13",
        "528a14e94e9f89dbc1d57c683ecc0ef5a570554eacdf84c4da2aba6da0d120e3",
        "1f6e093f4ccaf5064c5377c6e137de63479c60654032f82cf5add75d73488922",
        "62ade27bcff75aa6cea71e0c75aa254011d75a5474260d20492164e40151cca8",
        "423440e4a930875488cc8e9958afdb08661667b9e44926c0794cbe5a9f95c262",
        "af6b42f3eab32b9481d9f4e55513194a11d926a17911684cf845894a72dfa430",
        "f6d527e6d01865481134f29788be2afe7fc3c702e1a55d7ceafac5f35199e8dc",
        "011fc2994e39d251141540f87a69092b3f22a86767f7283de7eeedb3897bedf6",
        "e1b85b27d6bcb05846c18e6a48f118e89f0c0587140de9fb3359f8370d0dba08",
    }.ToFrozenSet();

    /// <summary>Whether a text is such a secret; white space around it does not matter.</summary>
    public static bool Contains(string secret)
    {
        string text = secret.Trim();
        return text.Distinct().Count() < DifferentCharactersMin
            || Hashes.Contains(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text))));
    }
}
