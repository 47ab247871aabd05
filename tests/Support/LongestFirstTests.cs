using Xunit.Abstractions;

namespace Realtime.Tests.Support;

/// <summary>The order of collections: a name that nothing bears would order nothing, without a word.</summary>
public sealed class LongestFirstTests
{
    [Fact]
    public void Each_that_takes_long_is_a_collection_of_these_tests()
    {
        IEnumerable<string> all = typeof(LongestFirstTests).Assembly.GetTypes()
            .Where(type => type is { IsPublic: true, IsAbstract: false, IsClass: true })
            .Where(type => type.GetMethods().Any(method => method.IsDefined(typeof(FactAttribute), inherit: true)))
            .Select(NameOf);

        Assert.Empty(LongestFirst.Long.Except(all));
        Assert.Equal(LongestFirst.Long.Length, LongestFirst.Long.Distinct().Count());
    }

    [Fact]
    public void They_come_first_and_in_their_order_and_none_is_left_out()
    {
        ITestCollection[] all =
            [.. new[] { "a" }.Concat(Enumerable.Reverse(LongestFirst.Long)).Append("b").Select(NewCollection)];

        Assert.Equal(
            [.. LongestFirst.Long, "a", "b"],
            new LongestFirst().OrderTestCollections(all).Select(collection => collection.DisplayName));
    }

    private static Named NewCollection(string name) => new() { DisplayName = name };

    private static string NameOf(Type type) => type.GetCustomAttributesData()
        .Where(one => one.AttributeType == typeof(CollectionAttribute))
        .Select(one => (string)one.ConstructorArguments[0].Value!)
        .FirstOrDefault($"Test collection for {type.FullName}");

    private sealed class Named : LongLivedMarshalByRefObject, ITestCollection
    {
        public ITypeInfo? CollectionDefinition => null;

        public string DisplayName { get; init; } = "";

        public ITestAssembly? TestAssembly => null;

        public Guid UniqueID { get; } = Guid.NewGuid();

        public void Deserialize(IXunitSerializationInfo info) => throw new NotSupportedException();

        public void Serialize(IXunitSerializationInfo info) => throw new NotSupportedException();
    }
}
