//! What the types of `discord` are made of: JSON that knows what is in it.

use alloc::borrow::Cow;
use core::marker::PhantomData;

use crate::id::Id;
use crate::json::{Fields, Items, Json};

/// What stands in a list or map of a typed object.
pub trait View<'a> {
    /// Reads it from its JSON.
    fn view(json: Json<'a>) -> Self;
}

impl<'a> View<'a> for Json<'a> {
    fn view(json: Json<'a>) -> Self {
        json
    }
}

impl<'a> View<'a> for Id {
    fn view(json: Json<'a>) -> Self {
        json.id()
    }
}

impl<'a> View<'a> for Cow<'a, str> {
    fn view(json: Json<'a>) -> Self {
        json.text()
    }
}

impl<'a> View<'a> for i64 {
    fn view(json: Json<'a>) -> Self {
        json.int()
    }
}

/// An array of things of one type. It is an iterator's source: `for x in list`.
#[derive(Clone, Copy, Debug)]
pub struct List<'a, T>(pub Json<'a>, PhantomData<T>);

impl<'a, T: View<'a>> List<'a, T> {
    pub(crate) fn new(json: Json<'a>) -> Self {
        List(json, PhantomData)
    }

    /// The number of elements, which are counted for it.
    pub fn len(self) -> usize {
        self.0.len()
    }

    /// Tells whether there is no element.
    pub fn is_empty(self) -> bool {
        self.into_iter().next().is_none()
    }

    /// Element `i`, counted from 0, if there is one.
    pub fn get(self, i: usize) -> Option<T> {
        self.into_iter().nth(i)
    }

    /// The elements.
    pub fn iter(self) -> ListItems<'a, T> {
        self.into_iter()
    }
}

impl<'a, T: View<'a>> IntoIterator for List<'a, T> {
    type Item = T;
    type IntoIter = ListItems<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        ListItems(self.0.items(), PhantomData)
    }
}

/// The elements of a [`List`].
#[derive(Clone)]
pub struct ListItems<'a, T>(Items<'a>, PhantomData<T>);

impl<'a, T: View<'a>> Iterator for ListItems<'a, T> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        self.0.next().map(T::view)
    }
}

/// An object whose keys are not known before, mostly ids.
#[derive(Clone, Copy, Debug)]
pub struct Map<'a, T>(pub Json<'a>, PhantomData<T>);

impl<'a, T: View<'a>> Map<'a, T> {
    pub(crate) fn new(json: Json<'a>) -> Self {
        Map(json, PhantomData)
    }

    /// The value of a key, if it is there.
    pub fn get(self, key: &str) -> Option<T> {
        Some(self.0.get(key)).filter(|json| json.exists()).map(T::view)
    }

    /// Keys and values in the order of the text.
    pub fn iter(self) -> MapItems<'a, T> {
        self.into_iter()
    }
}

impl<'a, T: View<'a>> IntoIterator for Map<'a, T> {
    type Item = (Cow<'a, str>, T);
    type IntoIter = MapItems<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        MapItems(self.0.fields(), PhantomData)
    }
}

/// The keys and values of a [`Map`].
#[derive(Clone)]
pub struct MapItems<'a, T>(Fields<'a>, PhantomData<T>);

impl<'a, T: View<'a>> Iterator for MapItems<'a, T> {
    type Item = (Cow<'a, str>, T);

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next().map(|(key, json)| (key, T::view(json)))
    }
}

/// Defines a typed object around JSON.
macro_rules! object {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default)]
        pub struct $name<'a>(pub Json<'a>);

        impl<'a> From<Json<'a>> for $name<'a> {
            fn from(json: Json<'a>) -> Self {
                $name(json)
            }
        }

        impl<'a> $crate::view::View<'a> for $name<'a> {
            fn view(json: Json<'a>) -> Self {
                $name(json)
            }
        }
    };
}
pub(crate) use object;
