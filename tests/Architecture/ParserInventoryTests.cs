using System.Buffers;
using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Realtime.Tests.Support;
using Realtime.Workers.Queries;
using Assembly = System.Reflection.Assembly;

namespace Realtime.Tests.Architecture;

/// <summary>No reader of foreign bytes is without a test that damages it: the list is held to the code.</summary>
public partial class ParserInventoryTests
{
    private static readonly string[] Assemblies =
    [
        "Realtime.Protocol", "Realtime.Log", "Realtime.Hosting", "Realtime.Client", "Realtime.Edge",
        "Realtime.Workers",
    ];

    private static readonly Type[] Inputs =
    [
        typeof(string), typeof(string[]), typeof(byte[]), typeof(ReadOnlySpan<char>), typeof(ReadOnlySpan<byte>),
        typeof(ReadOnlyMemory<byte>), typeof(Memory<byte>), typeof(ReadOnlySequence<byte>), typeof(Stream),
        typeof(HttpContext), typeof(HttpRequest), typeof(HttpResponseMessage), typeof(QueryReader),
        typeof(Utf8JsonReader), typeof(JsonElement), typeof(Realtime.Protocol.MessagePack.MessagePackReader),
    ];

    [Fact]
    public void Whatever_parses_texts_or_bytes_is_in_the_inventory()
    {
        IEnumerable<string> missing = Assemblies.SelectMany(name => Assembly.Load(name).GetTypes())
            .Where(type => type is { IsNested: false, IsInterface: false })
            .SelectMany(type => type.GetMethods(
                BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            .Where(method => !method.IsPrivate && Parsing().IsMatch(method.Name) && TakesForeign(method))
            .Where(method => !IsListed(method.DeclaringType!))
            .Select(method => $"{method.DeclaringType}.{method.Name}");

        Assert.Empty(missing);
    }

    [Fact]
    public void What_is_called_a_reader_of_queries_or_messages_is_in_the_inventory()
    {
        string[] names = ["MessageReader", "MessagePackReader", "Query", "Document", "Stamp"];
        IEnumerable<string> missing = Assemblies.SelectMany(name => Assembly.Load(name).GetTypes())
            .Where(type => !type.IsNested && names.Any(end => type.Name.EndsWith(end, StringComparison.Ordinal)))
            .Where(type => type.GetMethods(
                BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic
                | BindingFlags.DeclaredOnly)
                .Any(method => !method.IsPrivate && Reading().IsMatch(method.Name) && TakesForeign(method)))
            .Where(type => !IsListed(type))
            .Select(type => type.ToString());

        Assert.Empty(missing);
    }

    [Fact]
    public void Each_of_them_has_a_time_boxed_test()
    {
        Assert.All(ParserInventory.All, one =>
        {
            MethodInfo? test = one.Tests.GetMethod(one.Test);
            Assert.True(
                test?.GetCustomAttribute<FactAttribute>() is { Skip: null }, $"{one.Tests}.{one.Test} is no test.");
            string source = File.ReadAllText(Repository.FilesOf("tests").Single(
                file => Path.GetFileNameWithoutExtension(file) == one.Tests.Name));
            int start = source.IndexOf($" {one.Test}(", StringComparison.Ordinal);
            int end = source.IndexOf("\n    [", start, StringComparison.Ordinal);
            Assert.Matches(Boxed(), source[start..(end < 0 ? source.Length : end)]);
        });
    }

    [Fact]
    public void The_TypeScript_ones_are_there_with_their_tests() => Assert.All(ParserInventory.TypeScript, one =>
    {
        string folder = Path.Combine(Repository.Root, "shared", "client-js");
        Assert.True(File.Exists(Path.Combine(folder, "src", one.Reader)), one.Reader);
        Assert.Contains(
            one.Test, File.ReadAllText(Path.Combine(folder, "test", one.Tests)), StringComparison.Ordinal);
    });

    [Fact]
    public void What_is_listed_as_another_is_no_more_than_that() =>
        Assert.All(ParserInventory.Others.Keys, type => Assert.DoesNotContain(
            ParserInventory.All, one => one.Reader == type));

    private static bool IsListed(Type type) =>
        ParserInventory.Others.ContainsKey(type) || ParserInventory.All.Any(one => one.Reader == type);

    private static bool TakesForeign(MethodInfo method)
    {
        Type? first = method.GetParameters().FirstOrDefault()?.ParameterType;
        first = first is { IsByRef: true } ? first.GetElementType() : first;
        return first is not null && Inputs.Contains(first);
    }

    [GeneratedRegex("^(Try)?(Parse|Read|Decode|Decompress)([A-Z]|$)|^IsRight$|^WantedForm$|^Choose$|^Take$")]
    private static partial Regex Parsing();

    [GeneratedRegex("^(Try)?(Parse|Read|Decode|Verify|Of)([A-Z]|$)")]
    private static partial Regex Reading();

    [GeneratedRegex(@"\bFuzz(ing\.Run)?\(")]
    private static partial Regex Boxed();
}
